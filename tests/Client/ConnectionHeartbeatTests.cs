using Realtime.Client;
using Realtime.Tests.Support;

namespace Realtime.Tests.Client;

/// <summary>Heartbeats: who asks whom, and when a silent server is given up.</summary>
public sealed class ConnectionHeartbeatTests : IAsyncLifetime
{
    private ConnectionScene _scene = null!;

    public async Task InitializeAsync() => _scene = await ConnectionScene.StartAsync();

    public Task DisposeAsync() => _scene.DisposeAsync().AsTask();

    [Fact]
    public async Task A_dead_peer_is_asked_after_one_heartbeat_and_given_up_after_two()
    {
        ScriptedSocket socket = await _scene.ConnectAsync(heartbeatMs: 20_000);
        _scene.Clock.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal("""{"op":"ping"}""", (await socket.HearAsync()).ToJsonString());
        Assert.Equal(ConnectionStatus.Connected, _scene.Client.State.Status);
        _scene.Clock.Advance(TimeSpan.FromSeconds(21));

        ConnectionState waiting = await _scene.WaitingAsync();
        Assert.Equal("dead_peer", waiting.Reason);
    }

    [Theory]
    [InlineData(null, "")]
    [InlineData(15.5, "?heartbeat=15500ms")]
    public async Task A_heartbeat_is_asked_for_by_the_address_and_the_welcome_tells_what_holds(
        double? wanted, string query)
    {
        await _scene.Client.DisposeAsync();
        TimeSpan? heartbeat = wanted is { } seconds ? TimeSpan.FromSeconds(seconds) : null;
        _scene.Client = _scene.Make(_scene.Edge.Options with { Heartbeat = heartbeat });
        Assert.Null(_scene.Client.Heartbeat);
        ScriptedSocket socket = await _scene.ConnectAsync(heartbeatMs: 12_000);
        Assert.Equal("/ws/agents" + query, socket.Address);
        Assert.Equal(TimeSpan.FromSeconds(12), _scene.Client.Heartbeat);
    }

    [Fact]
    public async Task Another_welcome_of_the_session_changes_the_heartbeat()
    {
        ScriptedSocket socket = await _scene.ConnectAsync(heartbeatMs: 60_000);
        await socket.WelcomeAsync(heartbeatMs: 10_000);
        await Eventually.TrueAsync("it is heard", () => _scene.Client.Heartbeat == TimeSpan.FromSeconds(10));
        _scene.Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("""{"op":"ping"}""", (await socket.HearAsync()).ToJsonString());
        _scene.Clock.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal("dead_peer", (await _scene.WaitingAsync()).Reason);
        Assert.Single(_scene.States, state => state.Status == ConnectionStatus.Connected);
    }

    [Fact]
    public async Task A_server_that_asks_is_answered()
    {
        ScriptedSocket socket = await _scene.ConnectAsync();
        await socket.SayAsync("""{"op":"ping","nonce":"7"}""");
        Assert.Equal("""{"op":"pong","nonce":"7"}""", (await socket.HearAsync()).ToJsonString());
    }

    [Fact]
    public async Task Without_a_welcome_in_time_the_attempt_has_failed()
    {
        _scene.Client.Subscribe();
        await _scene.Edge.AcceptAsync();
        await Eventually.TrueAsync(
            "the attempt is bounded", () => _scene.Clock.Waits.Contains(TimeSpan.FromSeconds(10)));
        _scene.Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(ClientErrorCodes.Timeout, (await _scene.WaitingAsync()).Reason);
    }
}
