using System.Text.Json;
using System.Text.Json.Nodes;
using Realtime.Client;
using Realtime.Protocol.Events;
using Realtime.Tests.Support;

namespace Realtime.Tests.Client;

/// <summary>A producer that is told to pause sends nothing until it may.</summary>
public sealed class PressureTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly ScriptedAnswer Stored = Appended("ok");

    private readonly ManualClock _clock = new();
    private ScriptedEdge _edge = null!;
    private RealtimeClient _client = null!;

    public async Task InitializeAsync()
    {
        _edge = await ScriptedEdge.StartAsync();
        _client = Make(_edge.Options with
        {
            TimeProvider = _clock,
            Reconnect = new ReconnectOptions { Delay = TimeSpan.FromSeconds(1) },
            Publish = new PublishOptions { AttemptsMax = 1 },
        });
    }

    public async Task DisposeAsync()
    {
        await _client.DisposeAsync();
        await _edge.DisposeAsync();
    }

    [Fact]
    public async Task The_next_request_waits_longer_each_time_until_an_answer_says_otherwise()
    {
        _edge.Answer(
            ScriptedAnswer.Pressed(1), ScriptedAnswer.Pressed(2), ScriptedAnswer.Accepted(3),
            ScriptedAnswer.Accepted(4));
        await PublishAsync(1);
        for (int i = 2; i <= 3; i++)
        {
            Task publishing = PublishAsync(i);
            TimeSpan delay = await DelayAsync();
            Assert.Equal(i - 1, _edge.Requests.Count);
            Assert.InRange(delay, TimeSpan.FromSeconds(0.5 * (i - 1)), TimeSpan.FromSeconds(i - 1));
            _clock.Advance(delay);
            await publishing;
        }

        // The last answer said `ok`: nothing waits, and the clock stands.
        await PublishAsync(4);
        Assert.Equal(4, _edge.Requests.Count);
    }

    [Fact]
    public async Task However_many_wait_one_asks_and_all_follow_when_it_is_over()
    {
        _edge.Answer(ScriptedAnswer.Pressed(1), ScriptedAnswer.Pressed(2));
        _edge.Always = ScriptedAnswer.Accepted(3);
        await PublishAsync(1);
        Task[] waiting = [.. Enumerable.Range(2, 5).Select(PublishAsync)];
        for (int sent = 1; sent <= 2; sent++)
        {
            TimeSpan delay = await DelayAsync();
            _clock.Advance(delay - TimeSpan.FromMilliseconds(1));
            Assert.Equal([TimeSpan.FromMilliseconds(1)], Delays);
            Assert.Equal(sent, _edge.Requests.Count);
            _clock.Advance(TimeSpan.FromMilliseconds(1));
            await _edge.HasAsync(sent + 1);
        }

        await Task.WhenAll(waiting).WaitAsync(Patience);
        Assert.Equal(6, _edge.Requests.Count);
    }

    [Fact]
    public async Task What_is_refused_with_pressure_has_what_follows_wait_too()
    {
        _edge.Answer(ScriptedAnswer.Problem(429, "pressure", retry: true), ScriptedAnswer.Accepted(2));
        await Assert.ThrowsAsync<PublishException>(() => PublishAsync(1));
        Task publishing = PublishAsync(2);
        TimeSpan delay = await DelayAsync();
        Assert.Single(_edge.Requests);
        _clock.Advance(delay);
        await publishing;
    }

    [Fact]
    public async Task Who_gives_up_waiting_lets_the_next_one_ask()
    {
        _edge.Answer(ScriptedAnswer.Pressed(1), ScriptedAnswer.Accepted(2));
        await PublishAsync(1);
        using var cancelled = new CancellationTokenSource();
        Task given = _client.PublishAsync(Draft(7), cancelled.Token);
        await DelayAsync();
        Task publishing = PublishAsync(2);
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);
        _clock.Advance(await DelayAsync());
        await publishing;
        Assert.Equal("2", JsonNode.Parse(_edge.Requests[^1].Body)![0]!["payload"]!.ToJsonString());
    }

    [Fact]
    public async Task A_terminal_that_is_behind_waits_and_holds_up_no_other()
    {
        _edge.Answer(Appended("pause"), Stored, Stored);
        await AppendAsync("t1", 0);
        Task second = AppendAsync("t1", 1);
        TimeSpan delay = await DelayAsync();
        await AppendAsync("t2", 0);
        Assert.Equal(
            ["/v1/tasks/t1/terminal?offset=0", "/v1/tasks/t2/terminal?offset=0"],
            _edge.Requests.Select(request => request.Path));
        _clock.Advance(delay);
        await second;
    }

    private static RealtimeClient Make(RealtimeClientOptions options) => new(options);

    private static ScriptedAnswer Appended(string pressure) => new(
        200,
        $$"""
        {"end":1,"epoch":"k3x9qa","duplicate":false,
        "pressure":{"depth":1,"limit":2,"state":"{{pressure}}"} }
        """);

    // All that waits but the bounds of the whole and of one request.
    private IReadOnlyList<TimeSpan> Delays => [.. _clock.Waits.Where(wait => wait <= TimeSpan.FromSeconds(5))];

    private async Task<TimeSpan> DelayAsync()
    {
        await Eventually.TrueAsync("it waits", () => Delays.Count == 1);
        return Delays[0];
    }

    private Task PublishAsync(int number) => _client.PublishAsync(Draft(number)).WaitAsync(Patience);

    private Task<TerminalAppended> AppendAsync(string task, long offset) =>
        _client.AppendTerminalAsync(task, offset, "x"u8.ToArray()).WaitAsync(Patience);

    private static EventDraft Draft(int number) => new()
    {
        Channel = Channel.Agents,
        Type = "t",
        Agent = "a1",
        Payload = JsonSerializer.SerializeToElement(number),
    };
}
