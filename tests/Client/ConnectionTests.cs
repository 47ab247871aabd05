using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text.Json.Nodes;
using Realtime.Client;
using Realtime.Tests.Support;

namespace Realtime.Tests.Client;

/// <summary>One connection after the other, to a server in the test's hand and by the test's clock.</summary>
public sealed class ConnectionTests : IAsyncLifetime
{
    private readonly ManualClock _clock = new();
    private readonly ConcurrentQueue<ConnectionState> _states = [];
    private readonly ConcurrentQueue<TokenAttempt> _asked = [];
    private int _passed;
    private ScriptedEdge _edge = null!;
    private RealtimeClient _client = null!;
    private Func<int, string> _token = static number => $"token-{number}";

    public async Task InitializeAsync()
    {
        _edge = await ScriptedEdge.StartAsync();
        _client = Make(_edge.Options);
    }

    public async Task DisposeAsync()
    {
        await _client.DisposeAsync();
        await _edge.DisposeAsync();
    }

    [Fact]
    public async Task MessagePack_is_offered_first_and_spoken_where_it_is_chosen()
    {
        _edge.Subprotocol = "realtime.v1.msgpack";
        ScriptedSocket socket = await ConnectAsync();
        Assert.Equal(["realtime.v1.msgpack", "realtime.v1.json"], socket.Offered.Take(2));
        EventSubscription subscription = _client.Subscribe(new EventSubscriptionOptions { Agents = ["a1"] });
        JsonObject asked = await socket.HearAsync();
        Assert.Equal("subscribe", asked["op"]!.GetValue<string>());
        await socket.SayAsync(FeedFixture.Subscribed(subscription.Id, 1));
        await socket.SayAsync(FeedFixture.Event(2));
        await using IAsyncEnumerator<SubscriptionItem> reader = subscription.GetAsyncEnumerator();
        Assert.True(await reader.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.Equal(2, Assert.IsType<EventItem>(reader.Current).Event.Payload.GetInt32());
        await socket.SayAsync("""{"op":"ping","nonce":"7"}""");
        Assert.Equal("7", (await socket.HearAsync())["nonce"]!.GetValue<string>());
    }

    [Fact]
    public async Task JSON_alone_is_offered_to_who_wants_it()
    {
        await _client.DisposeAsync();
        _client = Make(_edge.Options with { Format = WireFormat.Json });
        ScriptedSocket socket = await ConnectAsync();
        Assert.Equal(["realtime.v1.json", "bearer." + socket.Token], socket.Offered);
    }

    [Theory]
    [InlineData("realtime.v1.msgpack", WebSocketMessageType.Text)]
    [InlineData("realtime.v1.json", WebSocketMessageType.Binary)]
    public async Task A_frame_of_the_other_form_is_against_the_protocol(string spoken, WebSocketMessageType type)
    {
        _edge.Subprotocol = spoken;
        ScriptedSocket socket = await ConnectAsync();
        await socket.SendAsync("{}"u8.ToArray(), type);
        ConnectionState waiting = await WaitingAsync();
        Assert.Equal(ClientErrorCodes.Protocol, waiting.Error?.Code);
    }

    [Fact]
    public async Task A_drain_sets_the_delay_exactly()
    {
        ScriptedSocket first = await ConnectAsync();
        await first.SayAsync("""{"op":"drain","deadline":15000,"delay":7340}""");
        await first.CloseAsync(1012);

        ConnectionState waiting = await WaitingAsync();
        Assert.Equal(
            (TimeSpan.FromMilliseconds(7340), "drain", 1012, (RealtimeException?)null),
            (waiting.Delay, waiting.Reason, waiting.CloseCode, waiting.Error));
        Assert.Equal(_clock.GetUtcNow() + TimeSpan.FromMilliseconds(7340), waiting.RetryAt);
        _clock.Advance(TimeSpan.FromMilliseconds(7339));
        Assert.Contains(TimeSpan.FromMilliseconds(1), _clock.Waits);
        Assert.Equal(1, _edge.Handshakes);
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        await (await _edge.AcceptAsync()).WelcomeAsync();
    }

    [Fact]
    public async Task A_server_that_drains_and_never_closes_is_left_behind_its_deadline()
    {
        ScriptedSocket first = await ConnectAsync();
        await first.SayAsync("""{"op":"drain","deadline":15000,"delay":340}""");
        var bound = TimeSpan.FromSeconds(17);
        await Eventually.TrueAsync("the wait is bounded", () => _clock.Waits.Contains(bound));
        _clock.Advance(bound);

        ConnectionState waiting = await WaitingAsync();
        Assert.Equal(
            (TimeSpan.FromMilliseconds(340), "drain", 1012, (RealtimeException?)null),
            (waiting.Delay, waiting.Reason, waiting.CloseCode, waiting.Error));
    }

    [Fact]
    public async Task A_token_refused_on_an_open_socket_is_followed_by_one_attempt_with_another()
    {
        ScriptedSocket first = await ConnectAsync();
        await first.CloseAsync(4401);
        await PassAsync();
        ScriptedSocket second = await _edge.AcceptAsync();

        Assert.Equal(("token-1", "token-2"), (first.Token, second.Token));
        Assert.Equal([false, true], _asked.Select(attempt => attempt.WasRefused));

        // Refused before its `welcome`: two in a row are the end.
        await second.CloseAsync(4401);
        await ClosedAsync("unauthorized", 4401);
        Assert.Equal(2, _asked.Count);
    }

    [Fact]
    public async Task A_token_that_is_refused_and_given_again_is_the_end()
    {
        _token = static _ => "the-same";
        ScriptedSocket first = await ConnectAsync();
        await first.CloseAsync(4401);
        await PassAsync();
        await ClosedAsync("unauthorized", closeCode: null);

        Assert.Equal((2, 1), (_asked.Count, _edge.Handshakes));
    }

    [Fact]
    public async Task A_provider_that_fails_counts_as_a_failed_attempt_and_is_told()
    {
        _token = static number => number == 1 ? throw new InvalidOperationException("no vault") : $"token-{number}";
        EventSubscription subscription = _client.Subscribe();
        ConnectionState waiting = await WaitingAsync();
        Assert.Equal((ClientErrorCodes.TokenFailed, 2), (waiting.Reason, waiting.Attempt));
        Assert.Contains("no vault", waiting.Error!.Message);

        await PassAsync();
        Assert.Equal("token-2", (await _edge.AcceptAsync()).Token);
        Assert.Equal(SubscriptionStatus.Subscribing, subscription.Status);
    }

    [Fact]
    public async Task What_can_not_be_a_token_goes_nowhere()
    {
        _token = static _ => "a b\r\nX: y";
        _client.Subscribe();
        Assert.Equal(ClientErrorCodes.TokenFailed, (await WaitingAsync()).Reason);
        Assert.Equal(0, _edge.Handshakes);
    }

    [Fact]
    public async Task So_many_failures_in_a_row_as_are_allowed_are_the_end()
    {
        _edge.HandshakeStatus = 500;
        await using RealtimeClient client = Make(_edge.Options with
        {
            Reconnect = new ReconnectOptions { Delay = TimeSpan.FromSeconds(1), AttemptsMax = 3 },
        });
        EventSubscription subscription = client.Subscribe();
        for (int attempt = 1; attempt < 3; attempt++)
        {
            int next = attempt + 1;
            await Eventually.TrueAsync("it waits", () => client.State is { Status: ConnectionStatus.Waiting } state
                && state.Attempt == next);
            await PassAsync(client);
        }

        await Eventually.TrueAsync("it is closed", () => client.State.Status == ConnectionStatus.Closed);
        Assert.Equal((ClientErrorCodes.AttemptsExhausted, 3), (client.State.Error!.Code, _edge.Handshakes));
        var failure = await Assert.ThrowsAsync<RealtimeException>(
            () => subscription.RunAsync(static (_, _) => ValueTask.CompletedTask));
        Assert.Equal(ClientErrorCodes.AttemptsExhausted, failure.Code);
    }

    [Fact]
    public async Task A_dead_peer_is_asked_after_one_heartbeat_and_given_up_after_two()
    {
        ScriptedSocket socket = await ConnectAsync(heartbeatMs: 20_000);
        _clock.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal("""{"op":"ping"}""", (await socket.HearAsync()).ToJsonString());
        Assert.Equal(ConnectionStatus.Connected, _client.State.Status);
        _clock.Advance(TimeSpan.FromSeconds(21));

        ConnectionState waiting = await WaitingAsync();
        Assert.Equal("dead_peer", waiting.Reason);
    }

    [Theory]
    [InlineData(null, "")]
    [InlineData(15.5, "?heartbeat=15500ms")]
    public async Task A_heartbeat_is_asked_for_by_the_address_and_the_welcome_tells_what_holds(
        double? wanted, string query)
    {
        await _client.DisposeAsync();
        TimeSpan? heartbeat = wanted is { } seconds ? TimeSpan.FromSeconds(seconds) : null;
        _client = Make(_edge.Options with { Heartbeat = heartbeat });
        Assert.Null(_client.Heartbeat);
        ScriptedSocket socket = await ConnectAsync(heartbeatMs: 12_000);
        Assert.Equal("/ws/agents" + query, socket.Address);
        Assert.Equal(TimeSpan.FromSeconds(12), _client.Heartbeat);
    }

    [Fact]
    public async Task Another_welcome_of_the_session_changes_the_heartbeat()
    {
        ScriptedSocket socket = await ConnectAsync(heartbeatMs: 60_000);
        await socket.WelcomeAsync(heartbeatMs: 10_000);
        await Eventually.TrueAsync("it is heard", () => _client.Heartbeat == TimeSpan.FromSeconds(10));
        _clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("""{"op":"ping"}""", (await socket.HearAsync()).ToJsonString());
        _clock.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal("dead_peer", (await WaitingAsync()).Reason);
        Assert.Single(_states, state => state.Status == ConnectionStatus.Connected);
    }

    [Fact]
    public async Task A_server_that_asks_is_answered()
    {
        ScriptedSocket socket = await ConnectAsync();
        await socket.SayAsync("""{"op":"ping","nonce":"7"}""");
        Assert.Equal("""{"op":"pong","nonce":"7"}""", (await socket.HearAsync()).ToJsonString());
    }

    [Fact]
    public async Task A_message_against_the_protocol_ends_the_connection_and_not_the_client()
    {
        ScriptedSocket socket = await ConnectAsync();
        await socket.SayAsync("""{"op":"event"}""");
        Assert.Equal(1002, await socket.Ended.Task.WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.Equal(ClientErrorCodes.Protocol, (await WaitingAsync()).Reason);
    }

    [Fact]
    public async Task Without_a_welcome_in_time_the_attempt_has_failed()
    {
        _client.Subscribe();
        await _edge.AcceptAsync();
        await Eventually.TrueAsync("the attempt is bounded", () => _clock.Waits.Contains(TimeSpan.FromSeconds(10)));
        _clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(ClientErrorCodes.Timeout, (await WaitingAsync()).Reason);
    }

    [Fact]
    public async Task A_break_in_the_middle_of_values_brings_them_anew_on_the_next_connection()
    {
        EventSubscription subscription = _client.Subscribe(new EventSubscriptionOptions { Snapshot = true });
        ScriptedSocket first = await _edge.AcceptAsync();
        await first.WelcomeAsync();
        Assert.Equal("s1", (await first.HearAsync())["id"]!.GetValue<string>());
        await first.SayAsync(FeedFixture.Subscribed("s1", 1));
        await using IAsyncEnumerator<SubscriptionItem> items = subscription.GetAsyncEnumerator();
        await first.SayAsync(FeedFixture.Replay("s1", FeedFixture.Event(1, isValue: true)));
        Assert.True(await items.MoveNextAsync());
        first.Cut();
        await WaitingAsync();
        await PassAsync();

        ScriptedSocket second = await _edge.AcceptAsync();
        await second.WelcomeAsync();
        await second.HearAsync();
        await second.SayAsync(FeedFixture.Subscribed("s1", 1, recovered: true));
        JsonObject asked = await second.HearAsync();
        string refill = asked["id"]!.GetValue<string>();
        Assert.Equal($$"""{"op":"subscribe","id":"{{refill}}","snapshot":true}""", asked.ToJsonString());
        await second.SayAsync(FeedFixture.Subscribed(refill, 1));
        await second.SayAsync(FeedFixture.Replay(refill, FeedFixture.Event(1, isValue: true)));
        Assert.Empty(subscription.Cursor);
        await second.SayAsync($$"""{"op":"snapshot","id":"{{refill}}","end":true,"cursor":[]}""");
        Assert.Equal("unsubscribe", (await second.HearAsync())["op"]!.GetValue<string>());
        Assert.True(await items.MoveNextAsync());
        Assert.Equal(EventOrigin.Snapshot, Assert.IsType<EventItem>(items.Current).Origin);
        Assert.True(await items.MoveNextAsync());
        Assert.IsType<SnapshotItem>(items.Current);
    }

    [Fact]
    public async Task A_status_handler_that_comes_late_is_told_the_last_change_at_once()
    {
        EventSubscription subscription = _client.Subscribe();
        var early = new ConcurrentQueue<SubscriptionStatus>();
        subscription.StatusChanged += (_, status) => early.Enqueue(status);
        ScriptedSocket socket = await _edge.AcceptAsync();
        await socket.WelcomeAsync();
        await socket.HearAsync();
        Assert.Empty(early);
        await socket.SayAsync(FeedFixture.Subscribed("s1", 1));
        await Eventually.TrueAsync("it is active", () => !early.IsEmpty);

        var late = new List<SubscriptionStatus>();
        subscription.StatusChanged += (_, status) => late.Add(status);
        Assert.Equal([SubscriptionStatus.Active], late);
        await subscription.DisposeAsync();
        await socket.HearAsync();
        await Eventually.TrueAsync("the end is told", () => early.Count == 2);
        Assert.Equal([SubscriptionStatus.Active, SubscriptionStatus.Closed], early);
        Assert.Equal(early, late);
    }

    private RealtimeClient Make(RealtimeClientOptions options)
    {
        var client = new RealtimeClient(options with
        {
            TimeProvider = _clock,
            Reconnect = new ReconnectOptions { AttemptsMax = options.Reconnect.AttemptsMax },
            Token = (attempt, _) =>
            {
                _asked.Enqueue(attempt);
                return ValueTask.FromResult(_token(_asked.Count));
            },
        });
        client.StateChanged += (_, state) => _states.Enqueue(state);
        return client;
    }

    private async Task<ScriptedSocket> ConnectAsync(int heartbeatMs = 20_000)
    {
        Task connecting = _client.ConnectAsync();
        ScriptedSocket socket = await _edge.AcceptAsync();
        await socket.WelcomeAsync(heartbeatMs);
        await connecting.WaitAsync(TimeSpan.FromSeconds(10));
        return socket;
    }

    private Task<ConnectionState> WaitingAsync() => Eventually.FindAsync(
        "it waits", () => _states.LastOrDefault(state => state.Status == ConnectionStatus.Waiting));

    // The wait before the next attempt is over.
    private async Task PassAsync(RealtimeClient? client = null)
    {
        client ??= _client;
        ConnectionState waiting = await Eventually.FindAsync(
            "it waits",
            () => _states.Where(state => state.Status == ConnectionStatus.Waiting).ElementAtOrDefault(_passed));
        _passed++;

        // `Task.Delay` waits whole milliseconds.
        var delay = TimeSpan.FromMilliseconds(Math.Floor(waiting.Delay.TotalMilliseconds));
        await Eventually.TrueAsync(
            "the wait has begun", () => client.State != waiting || _clock.Waits.Contains(delay));
        _clock.Advance(delay);
    }

    private async Task ClosedAsync(string code, int? closeCode)
    {
        await Eventually.TrueAsync("it is closed", () => _client.State.Status == ConnectionStatus.Closed);
        Assert.Equal((code, closeCode), (_client.State.Error?.Code, _client.State.CloseCode));
    }
}
