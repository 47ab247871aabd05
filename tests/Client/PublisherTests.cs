using System.Text.Json;
using System.Text.Json.Nodes;
using Realtime.Client;
using Realtime.Protocol.Events;
using Realtime.Tests.Support;

namespace Realtime.Tests.Client;

/// <summary>Publishing against a server that is busy, away, or says no.</summary>
public sealed class PublisherTests : IAsyncLifetime
{
    private static readonly TimeSpan PublishTimeout = TimeSpan.FromSeconds(60);

    private readonly ManualClock _clock = new();
    private ScriptedEdge _edge = null!;

    public async Task InitializeAsync() => _edge = await ScriptedEdge.StartAsync();

    public async Task DisposeAsync() => await _edge.DisposeAsync();

    [Fact]
    public async Task What_fails_for_a_while_is_sent_again_with_the_same_keys()
    {
        _edge.Answer(
            ScriptedAnswer.Problem(503, "no_worker", retry: true), new ScriptedAnswer(ScriptedAnswer.Cut, ""),
            new ScriptedAnswer(429, "not even JSON"), new ScriptedAnswer(408, ""), ScriptedAnswer.Accepted(1));
        await using var client = new RealtimeClient(_edge.Options);

        PublishResult stored = await client.PublishAsync(Draft(1));

        Assert.Equal(FeedFixture.Position(1), stored.Id);
        Assert.Equal(5, _edge.Requests.Count);
        Assert.Single(_edge.Requests.Select(request => request.Body).Distinct());
        Assert.Equal(32, JsonNode.Parse(_edge.Requests[0].Body)![0]!["key"]!.GetValue<string>().Length);
        Assert.Equal(("/v1/events", "Bearer token-1"), (_edge.Requests[0].Path, _edge.Requests[0].Authorization));
    }

    [Fact]
    public async Task A_server_that_says_how_long_is_given_that_time()
    {
        _edge.Answer(ScriptedAnswer.Problem(503, "no_worker", retry: true, "7"), ScriptedAnswer.Accepted(1));
        await using var client = new RealtimeClient(Slow);
        Task<PublishResult> publishing = client.PublishAsync(Draft(1));

        // And its jitter on top: up to the first delay of the row.
        TimeSpan delay = await DelayAsync();
        Assert.InRange(delay, TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(8));
        _clock.Advance(delay - TimeSpan.FromMilliseconds(1));
        Assert.Equal([TimeSpan.FromMilliseconds(1)], Delays);
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True((await publishing.WaitAsync(TimeSpan.FromSeconds(10))).IsStored);
    }

    [Fact]
    public async Task An_event_that_is_over_a_limit_is_given_the_time_that_its_result_says()
    {
        const string limited =
            """
            {"results":[{"id":"3:1795230320701-1.k3x9qa","duplicate":false},
            {"error":{"code":"rate_limited","detail":"too fast","retry":true,"retry_after_ms":7000}}]}
            """;
        _edge.Answer(new ScriptedAnswer(202, limited), ScriptedAnswer.Accepted(2));
        await using var client = new RealtimeClient(Slow);
        Task<IReadOnlyList<PublishResult>> publishing = client.PublishAsync(Drafts(2));

        TimeSpan delay = await DelayAsync();
        Assert.InRange(delay, TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(8));
        _clock.Advance(delay);
        await publishing.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(["0 1", "1"], Sent);
    }

    [Fact]
    public async Task The_delay_has_a_bound_of_its_own()
    {
        _edge.Always = ScriptedAnswer.Problem(503, "no_worker", retry: true);
        var publish = new PublishOptions
        {
            AttemptsMax = 24,
            DelayMax = TimeSpan.FromSeconds(5),
            Timeout = TimeSpan.FromHours(1),
        };
        await using var client = new RealtimeClient(Slow with { Publish = publish });
        Task<PublishResult> publishing = client.PublishAsync(Draft(1));
        var delays = new List<TimeSpan>();
        for (int attempt = 1; attempt < publish.AttemptsMax; attempt++)
        {
            await _edge.HasAsync(attempt);
            TimeSpan delay = await DelayAsync();
            delays.Add(delay);
            _clock.Advance(delay);
        }

        var failure = await Assert.ThrowsAsync<PublishException>(() => publishing);
        Assert.Equal(("no_worker", true), (failure.Code, failure.Retry));
        Assert.Equal(publish.AttemptsMax, _edge.Requests.Count);
        Assert.All(delays, delay => Assert.InRange(delay, TimeSpan.Zero, publish.DelayMax));
    }

    [Fact]
    public async Task Results_that_may_pass_are_sent_again_alone_and_in_their_order()
    {
        _edge.Answer(
            ScriptedAnswer.Accepted(1, "pressure", "after_refused", 4, "after_refused"),
            ScriptedAnswer.Accepted(5, 6, "log_unavailable"), ScriptedAnswer.Accepted(7));
        await using var client = new RealtimeClient(_edge.Options);

        IReadOnlyList<PublishResult> results = await client.PublishAsync(Drafts(5));

        Assert.Equal([1L, 5, 6, 4, 7], results.Select(result => result.Id!.Value.Entry.Offset));
        Assert.Equal(["0 1 2 3 4", "1 2 4", "4"], Sent);
    }

    [Fact]
    public async Task Once_one_is_refused_for_good_nothing_more_is_sent()
    {
        _edge.Answer(ScriptedAnswer.Accepted([
            0, "pressure", "conflict!", "after_refused", .. Enumerable.Range(4, 996).Cast<object>()]));
        await using var client = new RealtimeClient(_edge.Options);

        var failure = await Assert.ThrowsAsync<PublishException>(() => client.PublishAsync(Drafts(1001)));

        Assert.Equal(("conflict", false), (failure.Code, failure.Retry));
        Assert.Single(_edge.Requests);
        Assert.Equal(1001, failure.Results.Count);
        Assert.Equal(
            [null, "pressure", "conflict", "after_refused", null],
            failure.Results.Take(5).Select(result => result.Error?.Code));
        Assert.Equal(("after_refused", true), (failure.Results[1000].Error!.Code, failure.Results[1000].Error!.Retry));
    }

    [Fact]
    public async Task A_wrong_request_is_the_error_of_its_events_with_their_places_in_the_call()
    {
        _edge.Answer(
            ScriptedAnswer.Accepted([.. Enumerable.Range(0, 1000).Cast<object>()]),
            new ScriptedAnswer(
                400,
                """
                {"code":"bad_request","detail":"1 error","retry":false,
                "errors":[{"where":"/1/agent","detail":"too long"}]}
                """));
        await using var client = new RealtimeClient(_edge.Options);

        var failure = await Assert.ThrowsAsync<PublishException>(() => client.PublishAsync(Drafts(1002)));

        Assert.Equal("bad_request", failure.Code);
        Assert.Equal([new ErrorPlace("/1001/agent", "too long")], failure.Errors);
        Assert.Equal(1000, failure.Results.Count(result => result.IsStored));
    }

    [Fact]
    public async Task Many_go_in_several_requests_one_after_the_other()
    {
        _edge.Answer(
            ScriptedAnswer.Accepted([.. Enumerable.Range(0, 1000).Cast<object>()]),
            ScriptedAnswer.Accepted([.. Enumerable.Range(1000, 500).Cast<object>()]));
        await using var client = new RealtimeClient(_edge.Options);

        IReadOnlyList<PublishResult> results = await client.PublishAsync(Drafts(1500));

        Assert.Equal(
            Enumerable.Range(0, 1500).Select(i => (long)i), results.Select(result => result.Id!.Value.Entry.Offset));
        Assert.Equal([1000, 500], _edge.Requests.Select(request => JsonNode.Parse(request.Body)!.AsArray().Count));
    }

    [Fact]
    public async Task Large_ones_stay_below_what_the_server_takes_at_once()
    {
        JsonElement large = JsonSerializer.SerializeToElement(new string('x', 60_000));
        _edge.Answer(
            ScriptedAnswer.Accepted([.. Enumerable.Range(0, 16).Cast<object>()]),
            ScriptedAnswer.Accepted(16, 17, 18, 19));
        await using var client = new RealtimeClient(_edge.Options);

        await client.PublishAsync([.. Drafts(20).Select(draft => draft with { Payload = large })]);

        Assert.All(_edge.Requests, request => Assert.InRange(request.Body.Length, 100_000, 1_000_000));
    }

    [Fact]
    public async Task It_ends_when_its_time_is_over()
    {
        _edge.Always = new ScriptedAnswer(ScriptedAnswer.Silence, "");
        await using var client = new RealtimeClient(Slow);
        Task<PublishResult> publishing = client.PublishAsync(Draft(1));
        await _edge.HasAsync(1);

        // One request has ConnectTimeout, so that a dead connection does not use all of the time up.
        _clock.Advance(TimeSpan.FromSeconds(10));
        TimeSpan delay = await DelayAsync();
        _clock.Advance(delay);
        await _edge.HasAsync(2);
        Assert.False(publishing.IsCompleted);
        _clock.Advance(PublishTimeout - TimeSpan.FromSeconds(10) - delay);

        var failure = await Assert.ThrowsAsync<PublishException>(() => publishing.WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.Equal(("timeout", true), (failure.Code, failure.Retry));
        Assert.Equal("timeout", Assert.Single(failure.Results).Error?.Code);
    }

    [Fact]
    public async Task Whoever_cancels_gets_his_cancellation()
    {
        _edge.Always = new ScriptedAnswer(ScriptedAnswer.Silence, "");
        await using var client = new RealtimeClient(_edge.Options);
        using var cancelled = new CancellationTokenSource();
        Task<PublishResult> publishing = client.PublishAsync(Draft(1), cancelled.Token);
        await _edge.HasAsync(1);
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => publishing.WaitAsync(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public async Task A_client_that_is_closed_publishes_no_more()
    {
        _edge.Always = new ScriptedAnswer(ScriptedAnswer.Silence, "");
        var client = new RealtimeClient(_edge.Options);
        Task<PublishResult> publishing = client.PublishAsync(Draft(1));
        await _edge.HasAsync(1);
        await client.DisposeAsync();

        var failure = await Assert.ThrowsAsync<PublishException>(() => publishing.WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.Equal(ClientErrorCodes.Closed, failure.Code);
    }

    [Fact]
    public async Task A_refused_token_is_asked_for_anew_once()
    {
        _edge.Answer(ScriptedAnswer.Problem(401, "unauthorized", retry: false), ScriptedAnswer.Accepted(1));
        var asked = new List<TokenAttempt>();
        await using var client = new RealtimeClient(_edge.Options with
        {
            Token = (attempt, _) =>
            {
                asked.Add(attempt);
                return ValueTask.FromResult($"token-{asked.Count}");
            },
        });
        await client.PublishAsync(Draft(1));

        Assert.Equal([new TokenAttempt(1, false), new TokenAttempt(1, true)], asked);
        Assert.Equal(["Bearer token-1", "Bearer token-2"], _edge.Requests.Select(request => request.Authorization));
    }

    private RealtimeClientOptions Slow =>
        _edge.Options with
        {
            TimeProvider = _clock,
            Reconnect = new ReconnectOptions { Delay = TimeSpan.FromSeconds(1) },
        };

    // Payloads are numbers: those of each request.
    private IEnumerable<string> Sent => _edge.Requests.Select(request => string.Join(
        ' ', JsonNode.Parse(request.Body)!.AsArray().Select(one => one!["payload"]!.ToJsonString())));

    // All that waits but the bounds of the whole and of one request, which the tests set far off.
    private IReadOnlyList<TimeSpan> Delays => [.. _clock.Waits.Where(wait => wait < TimeSpan.FromSeconds(10))];

    private async Task<TimeSpan> DelayAsync()
    {
        await Eventually.TrueAsync("it waits", () => Delays.Count == 1);
        return Delays[0];
    }

    private static EventDraft Draft(int number) => new()
    {
        Channel = Channel.Agents,
        Type = "t",
        Agent = "a1",
        Payload = JsonSerializer.SerializeToElement(number),
    };

    private static EventDraft[] Drafts(int count) => [.. Enumerable.Range(0, count).Select(Draft)];
}
