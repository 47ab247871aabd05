using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text.Json.Nodes;
using Realtime.Client;
using Realtime.Tests.Support;

namespace Realtime.Tests.Client;

/// <summary>One connection after the other, to a server in the test's hand and by the test's clock.</summary>
public sealed class ConnectionTests : IAsyncLifetime
{
    private ConnectionScene _scene = null!;

    public async Task InitializeAsync() => _scene = await ConnectionScene.StartAsync();

    public Task DisposeAsync() => _scene.DisposeAsync().AsTask();

    [Fact]
    public async Task MessagePack_is_offered_first_and_spoken_where_it_is_chosen()
    {
        _scene.Edge.Subprotocol = "realtime.v1.msgpack";
        ScriptedSocket socket = await _scene.ConnectAsync();
        Assert.Equal(["realtime.v1.msgpack", "realtime.v1.json"], socket.Offered.Take(2));
        EventSubscription subscription = _scene.Client.Subscribe(new EventSubscriptionOptions { Agents = ["a1"] });
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
        await _scene.Client.DisposeAsync();
        _scene.Client = _scene.Make(_scene.Edge.Options with { Format = WireFormat.Json });
        ScriptedSocket socket = await _scene.ConnectAsync();
        Assert.Equal(["realtime.v1.json", "bearer." + socket.Token], socket.Offered);
    }

    [Theory]
    [InlineData("realtime.v1.msgpack", WebSocketMessageType.Text)]
    [InlineData("realtime.v1.json", WebSocketMessageType.Binary)]
    public async Task A_frame_of_the_other_form_is_against_the_protocol(string spoken, WebSocketMessageType type)
    {
        _scene.Edge.Subprotocol = spoken;
        ScriptedSocket socket = await _scene.ConnectAsync();
        await socket.SendAsync("{}"u8.ToArray(), type);
        ConnectionState waiting = await _scene.WaitingAsync();
        Assert.Equal(ClientErrorCodes.Protocol, waiting.Error?.Code);
    }

    [Fact]
    public async Task A_drain_sets_the_delay_exactly()
    {
        ScriptedSocket first = await _scene.ConnectAsync();
        await first.SayAsync("""{"op":"drain","deadline":15000,"delay":7340}""");
        await first.CloseAsync(1012);

        ConnectionState waiting = await _scene.WaitingAsync();
        Assert.Equal(
            (TimeSpan.FromMilliseconds(7340), "drain", 1012, (RealtimeException?)null),
            (waiting.Delay, waiting.Reason, waiting.CloseCode, waiting.Error));
        Assert.Equal(_scene.Clock.GetUtcNow() + TimeSpan.FromMilliseconds(7340), waiting.RetryAt);
        _scene.Clock.Advance(TimeSpan.FromMilliseconds(7339));
        Assert.Contains(TimeSpan.FromMilliseconds(1), _scene.Clock.Waits);
        Assert.Equal(1, _scene.Edge.Handshakes);
        _scene.Clock.Advance(TimeSpan.FromMilliseconds(1));
        await (await _scene.Edge.AcceptAsync()).WelcomeAsync();
    }

    [Fact]
    public async Task A_server_that_drains_and_never_closes_is_left_behind_its_deadline()
    {
        ScriptedSocket first = await _scene.ConnectAsync();
        await first.SayAsync("""{"op":"drain","deadline":15000,"delay":340}""");
        var bound = TimeSpan.FromSeconds(17);
        await Eventually.TrueAsync("the wait is bounded", () => _scene.Clock.Waits.Contains(bound));
        _scene.Clock.Advance(bound);

        ConnectionState waiting = await _scene.WaitingAsync();
        Assert.Equal(
            (TimeSpan.FromMilliseconds(340), "drain", 1012, (RealtimeException?)null),
            (waiting.Delay, waiting.Reason, waiting.CloseCode, waiting.Error));
    }

    [Fact]
    public async Task So_many_failures_in_a_row_as_are_allowed_are_the_end()
    {
        _scene.Edge.HandshakeStatus = 500;
        await using RealtimeClient client = _scene.Make(_scene.Edge.Options with
        {
            Reconnect = new ReconnectOptions { AttemptsMax = 3 },
        });
        EventSubscription subscription = client.Subscribe();
        for (int attempt = 1; attempt < 3; attempt++)
        {
            int next = attempt + 1;
            await Eventually.TrueAsync("it waits", () => client.State is { Status: ConnectionStatus.Waiting } state
                && state.Attempt == next);
            await _scene.PassAsync(client);
        }

        await Eventually.TrueAsync("it is closed", () => client.State.Status == ConnectionStatus.Closed);
        Assert.Equal((ClientErrorCodes.AttemptsExhausted, 3), (client.State.Error!.Code, _scene.Edge.Handshakes));
        var failure = await Assert.ThrowsAsync<RealtimeException>(
            () => subscription.RunAsync(static (_, _) => ValueTask.CompletedTask));
        Assert.Equal(ClientErrorCodes.AttemptsExhausted, failure.Code);
    }

    [Fact]
    public async Task A_message_against_the_protocol_ends_the_connection_and_not_the_client()
    {
        ScriptedSocket socket = await _scene.ConnectAsync();
        await socket.SayAsync("""{"op":"event"}""");
        Assert.Equal(1002, await socket.Ended.Task.WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.Equal(ClientErrorCodes.Protocol, (await _scene.WaitingAsync()).Reason);
    }

    [Fact]
    public async Task A_break_in_the_middle_of_values_brings_them_anew_on_the_next_connection()
    {
        EventSubscription subscription = _scene.Client.Subscribe(new EventSubscriptionOptions { Snapshot = true });
        ScriptedSocket first = await _scene.Edge.AcceptAsync();
        await first.WelcomeAsync();
        Assert.Equal("s1", (await first.HearAsync())["id"]!.GetValue<string>());
        await first.SayAsync(FeedFixture.Subscribed("s1", 1));
        await using IAsyncEnumerator<SubscriptionItem> items = subscription.GetAsyncEnumerator();
        await first.SayAsync(FeedFixture.Replay("s1", FeedFixture.Event(1, isValue: true)));
        Assert.True(await items.MoveNextAsync());
        first.Cut();
        await _scene.WaitingAsync();
        await _scene.PassAsync();

        ScriptedSocket second = await _scene.Edge.AcceptAsync();
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
        EventSubscription subscription = _scene.Client.Subscribe();
        var early = new ConcurrentQueue<SubscriptionStatus>();
        subscription.StatusChanged += (_, status) => early.Enqueue(status);
        ScriptedSocket socket = await _scene.Edge.AcceptAsync();
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
}
