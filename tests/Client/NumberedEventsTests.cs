using System.Text.Json;
using System.Text.Json.Nodes;
using Realtime.Client;
using Realtime.Protocol.Events;
using Realtime.Tests.Support;

namespace Realtime.Tests.Client;

/// <summary>Events of a named producer have numbers, which no failure makes wrong.</summary>
public sealed class NumberedEventsTests : IAsyncLifetime
{
    private const long Epoch = 1_795_230_320_698;

    private ScriptedEdge _edge = null!;
    private RealtimeClient _client = null!;

    public async Task InitializeAsync()
    {
        _edge = await ScriptedEdge.StartAsync();
        _client = Make(new ProducerOptions { Id = "runner-7", Epoch = Epoch });
    }

    public async Task DisposeAsync()
    {
        await _client.DisposeAsync();
        await _edge.DisposeAsync();
    }

    [Fact]
    public async Task Each_group_is_numbered_by_itself_and_none_has_a_key()
    {
        _edge.Answer(ScriptedAnswer.Accepted(1, 2, 3, 4), ScriptedAnswer.Accepted(5, 6));
        EventDraft task = Draft(3) with { Agent = null, Task = "t1" };
        await _client.PublishAsync([Draft(1), Draft(2, "a2"), task, Draft(4)]);
        await _client.PublishAsync([Draft(5), Draft(6, "a2") with { Group = "t1" }]);

        Assert.Equal(["1:1 2:1 3:1 4:2", "5:3 6:2"], Sent);
        JsonNode first = Bodies[0][0]!;
        Assert.Equal(
            ("runner-7", Epoch), (first["producer"]!.GetValue<string>(), first["producer_epoch"]!.GetValue<long>()));
        Assert.All(Bodies.SelectMany(body => body), one => Assert.Null(one!["key"]));
    }

    [Fact]
    public async Task Without_an_epoch_it_is_the_time_of_the_start()
    {
        var clock = new ManualClock();
        await using var client = new RealtimeClient(_edge.Options with
        {
            TimeProvider = clock,
            Producer = new ProducerOptions { Id = "p" },
        });
        long startedAt = clock.GetUtcNow().ToUnixTimeMilliseconds();
        clock.Advance(TimeSpan.FromSeconds(5));
        _edge.Answer(ScriptedAnswer.Accepted(1));
        await client.PublishAsync(Draft(1));
        Assert.Equal([startedAt], Epochs);
    }

    [Fact]
    public async Task Silence_is_answered_by_the_same_numbers_and_what_was_stored_counts_on()
    {
        _edge.Answer(
            new ScriptedAnswer(ScriptedAnswer.Cut, ""), ScriptedAnswer.Problem(503, "log_unavailable", retry: true),
            Answered(202, """{"id":"3:1-1.k3x9qa","duplicate":true}""", """{"duplicate":true}""", StoredAt(3)),
            ScriptedAnswer.Accepted(4));
        IReadOnlyList<PublishResult> results = await _client.PublishAsync([Draft(1), Draft(2), Draft(3)]);
        await _client.PublishAsync(Draft(4));

        Assert.Equal(["1:1 2:2 3:3", "1:1 2:2 3:3", "1:1 2:2 3:3", "4:4"], Sent);
        Assert.All(results, result => Assert.True(result.IsStored));
        Assert.Equal([true, true, false], results.Select(result => result.IsDuplicate));
        Assert.Null(results[1].Id);
    }

    [Fact]
    public async Task What_is_refused_for_a_while_keeps_its_number()
    {
        _edge.Answer(
            ScriptedAnswer.Accepted(1, "pressure", 3, "after_refused"),
            Answered(429, Refused("pressure", retry: true), Refused("after_refused", retry: true)),
            ScriptedAnswer.Accepted(4, 5), ScriptedAnswer.Accepted(6));
        await _client.PublishAsync([Draft(1), Draft(2), Draft(3, "a2"), Draft(4)]);
        await _client.PublishAsync(Draft(5));
        Assert.Equal(["1:1 2:2 3:1 4:3", "2:2 4:3", "2:2 4:3", "5:4"], Sent);
    }

    [Fact]
    public async Task A_number_that_was_refused_for_good_goes_to_the_next_event()
    {
        _edge.Answer(
            ScriptedAnswer.Accepted(1, "too_large!", "after_refused"),
            ScriptedAnswer.Problem(400, "bad_request", retry: false), ScriptedAnswer.Accepted(4));
        await Assert.ThrowsAsync<PublishException>(() => _client.PublishAsync([Draft(1), Draft(2), Draft(3)]));
        await Assert.ThrowsAsync<PublishException>(() => _client.PublishAsync(Draft(7)));
        await _client.PublishAsync(Draft(8));
        Assert.Equal(["1:1 2:2 3:3", "7:2", "8:2"], Sent);
        Assert.Equal([Epoch], Epochs);
    }

    [Fact]
    public async Task A_log_that_forgot_is_given_a_new_life_with_what_has_no_answer()
    {
        _edge.Answer(
            ScriptedAnswer.Accepted(1, 2),
            Answered(409, Refused("producer_gap", retry: false, expected: 1), Refused("after_refused", retry: true)),
            ScriptedAnswer.Accepted(3, 4), ScriptedAnswer.Accepted(5, 6));
        await _client.PublishAsync([Draft(1), Draft(2)]);
        IReadOnlyList<PublishResult> results = await _client.PublishAsync([Draft(3), Draft(4)]);
        await _client.PublishAsync([Draft(5), Draft(6, "a2")]);

        Assert.All(results, result => Assert.True(result.IsStored));
        Assert.Equal(["1:1 2:2", "3:3 4:4", "3:1 4:2", "5:3 6:1"], Sent);

        // One higher, and only in the group that it concerns: a later start must stay ahead.
        Assert.Equal(
            [Epoch, Epoch, Epoch, Epoch, Epoch + 1, Epoch + 1, Epoch + 1, Epoch],
            Bodies.SelectMany(body => body).Select(one => one!["producer_epoch"]!.GetValue<long>()));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_later_life_of_the_producer_stops_this_one(bool asProblem)
    {
        _edge.Answer(asProblem
            ? Answered(409, Refused("stale_producer", retry: false), Refused("after_refused", retry: true))
            : ScriptedAnswer.Accepted("stale_producer!", 2));
        var stale = await Assert.ThrowsAsync<StaleProducerException>(
            () => _client.PublishAsync([Draft(1), Draft(2, "a2")]));
        Assert.Equal(("stale_producer", false), (stale.Code, stale.Retry));
        Assert.Equal(
            ["stale_producer", asProblem ? "after_refused" : null], stale.Results.Select(one => one.Error?.Code));

        await Assert.ThrowsAsync<StaleProducerException>(() => _client.PublishAsync(Draft(3, "a3")));
        Assert.Single(_edge.Requests);
    }

    [Fact]
    public async Task What_is_given_again_after_it_was_given_up_has_the_same_numbers()
    {
        await GiveUpAsync([Draft(1), Draft(2)]);
        _edge.Answer(
            Answered(202, """{"duplicate":true}"""), Answered(202, """{"duplicate":true}""", StoredAt(3)),
            ScriptedAnswer.Accepted(4));
        await _client.PublishAsync(Draft(1));
        await _client.PublishAsync([Draft(2), Draft(3)]);
        await _client.PublishAsync(Draft(4));
        Assert.Equal(["1:1 2:2", "1:1", "2:2 3:3", "4:4"], Sent);
        Assert.Equal([Epoch], Epochs);
    }

    [Fact]
    public async Task Other_events_than_those_given_up_never_get_their_numbers()
    {
        await GiveUpAsync([Draft(1), Draft(2)]);
        _edge.Answer(ScriptedAnswer.Accepted(3, 4));
        await _client.PublishAsync([Draft(1), Draft(7)]);
        Assert.Equal(["1:1 2:2", "1:1 7:2"], Sent);
        Assert.Equal([Epoch, Epoch + 1], Epochs);
    }

    [Fact]
    public async Task What_was_cancelled_under_way_is_in_doubt_too()
    {
        _edge.Answer(new ScriptedAnswer(ScriptedAnswer.Silence, ""), ScriptedAnswer.Accepted(2));
        using var cancelled = new CancellationTokenSource();
        Task publishing = _client.PublishAsync(Draft(1), cancelled.Token);
        await _edge.HasAsync(1);
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => publishing);
        await _client.PublishAsync(Draft(2));
        Assert.Equal([Epoch, Epoch + 1], Epochs);
    }

    [Fact]
    public async Task An_epoch_that_was_used_before_is_told_and_not_taken_for_stored()
    {
        _edge.Answer(Answered(202, """{"id":"3:1-1.k3x9qa","duplicate":true}"""));
        var used = await Assert.ThrowsAsync<PublishException>(() => _client.PublishAsync(Draft(1)));
        Assert.Equal("conflict", used.Code);
        Assert.Contains("higher Producer.Epoch", used.Detail);
    }

    [Fact]
    public async Task Calls_at_the_same_time_go_one_after_the_other()
    {
        _edge.Always = ScriptedAnswer.Accepted(1);
        await Task.WhenAll(Enumerable.Range(1, 20).Select(number => _client.PublishAsync(Draft(number))));
        Assert.Equal(
            Enumerable.Range(1, 20).Select(number => (long)number),
            Bodies.Select(body => body[0]!["producer_seq"]!.GetValue<long>()));
    }

    [Fact]
    public async Task A_key_and_a_wrong_name_are_the_applications_faults()
    {
        await Assert.ThrowsAsync<ArgumentException>(() => _client.PublishAsync(Draft(1) with { Key = "mine" }));
        var wrong = Assert.Throws<ArgumentException>(
            () => Make(new ProducerOptions { Id = "no name", Epoch = -1 }));
        Assert.Contains("Producer.Id is no name; it must be 1 to 128 characters", wrong.Message);
        Assert.Contains("Producer.Epoch is -1; it must be 0 to 2^53 - 1", wrong.Message);
        Assert.Empty(_edge.Requests);
    }

    private List<JsonArray> Bodies =>
        [.. _edge.Requests.Select(request => JsonNode.Parse(request.Body)!.AsArray())];

    // Payload and number of each event, request by request.
    private IEnumerable<string> Sent => Bodies.Select(body => string.Join(
        ' ', body.Select(one => $"{one!["payload"]!.ToJsonString()}:{one["producer_seq"]!.ToJsonString()}")));

    private IEnumerable<long> Epochs => Bodies.SelectMany(body => body)
        .Select(one => one!["producer_epoch"]!.GetValue<long>()).Distinct();

    private RealtimeClient Make(ProducerOptions producer) => new(_edge.Options with
    {
        Producer = producer,
        Publish = new PublishOptions { AttemptsMax = 5 },
    });

    // Nobody knows what became of them.
    private async Task GiveUpAsync(EventDraft[] events)
    {
        _edge.Always = new ScriptedAnswer(ScriptedAnswer.Silence, "");
        using var cancelled = new CancellationTokenSource();
        Task publishing = _client.PublishAsync(events, cancelled.Token);
        await _edge.HasAsync(1);
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => publishing);
    }

    private static ScriptedAnswer Answered(int status, params string[] results) => new(
        status, $$"""{"code":"worst","detail":"why","retry":false,"results":[{{string.Join(',', results)}}]}""");

    private static string StoredAt(int offset) => $$"""{"id":"3:1-{{offset}}.k3x9qa","duplicate":false}""";

    private static string Refused(string code, bool retry, int? expected = null) => new JsonObject
    {
        ["error"] = new JsonObject { ["code"] = code, ["detail"] = "why", ["retry"] = retry, ["expected"] = expected },
    }.ToJsonString();

    private static EventDraft Draft(int number, string agent = "a1") => new()
    {
        Channel = Channel.Agents,
        Type = "t",
        Agent = agent,
        Payload = JsonSerializer.SerializeToElement(number),
    };
}
