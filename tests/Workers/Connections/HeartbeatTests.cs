using System.Text.Json;
using Realtime.Tests.Support;
using Realtime.Workers.Connections;

namespace Realtime.Tests.Workers.Connections;

/// <summary>Heartbeats with real sockets: what is agreed on, and the end of the dead.</summary>
public sealed class HeartbeatTests
{
    // Long enough for a peer on a busy machine to answer within two of them.
    private static readonly string[] Often =
    [
        "--connection_plane:connections:heartbeat", "3s", "--connection_plane:connections:close_timeout", "500ms",
    ];

    [Theory]
    [InlineData("/ws/agents")]
    [InlineData("/v1/publish")]
    public async Task A_peer_behind_a_network_that_swallows_everything_is_found_and_who_answers_pings_stays(string path)
    {
        await using RunningWorker worker = await RunningWorker.StartAsync(null, Often);
        await using var proxy = new TcpFaultProxy(worker.Address.Port);
        ConnectionRegistry registry = worker.Get<ConnectionRegistry>();
        using WorkerSocket quiet = await WorkerSocket.OpenAsync(worker, path);
        Task<JsonElement> pong = quiet.NextAsync("pong"); // Reads, so that its library answers pings.
        using WorkerSocket dead = await WorkerSocket.OpenAsync(worker, path, port: proxy.Port);
        Task lost = Assert.ThrowsAnyAsync<Exception>(dead.ClosedAsync);
        Assert.Equal(2, registry.Count);

        proxy.HalfOpen();
        long started = TimeProvider.System.GetTimestamp();
        await Eventually.TrueAsync("it is found and cut", () => registry.Places == 1);
        TimeSpan took = TimeProvider.System.GetElapsedTime(started);
        Assert.True(took > TimeSpan.FromSeconds(2.4), $"it has two intervals: {took}");

        // Longer than the dead one's silence, and it lives.
        await quiet.SayAsync("""{"op":"ping","nonce":"1"}""");
        await pong;
        Assert.Equal(1, registry.Count);
        await lost;
    }

    [Theory]
    [InlineData("/ws/agents?heartbeat=15s", 15_000)]
    [InlineData("/ws/agents?heartbeat=60s", 60_000)]
    [InlineData("/ws/agents?heartbeat=1m", 60_000)]
    [InlineData("/ws/agents", 20_000)]
    [InlineData("/v1/publish?heartbeat=10s", 10_000)]
    [InlineData("/v1/publish?task=t1", 20_000)]
    public async Task The_interval_is_agreed_on_in_the_query(string target, int expected)
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        using WorkerSocket socket = await WorkerSocket.OpenAsync(worker, target);
        Assert.Equal(expected, socket.Welcome.GetProperty("heartbeat_ms").GetInt32());
        Assert.Equal(expected, Assert.Single(worker.Get<ConnectionRegistry>().All)
            .Connection.Pulse.Interval.TotalMilliseconds);
    }

    [Theory]
    [InlineData("/ws/agents?heartbeat=9s")]
    [InlineData("/ws/agents?heartbeat=61s")]
    [InlineData("/ws/agents?heartbeat=20")]
    [InlineData("/ws/agents?heartbeat=20s&heartbeat=30s")]
    [InlineData("/v1/publish?heartbeat=0s")]
    [InlineData("/ws/terminal/t1?heartbeat=5s")]
    public async Task One_out_of_range_is_refused_by_its_rule(string target)
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        using WorkerSocket socket = await WorkerSocket.OpenAsync(worker, target);
        JsonElement error = await socket.NextAsync("error");
        Assert.Equal("bad_request", error.GetProperty("code").GetString());
        Assert.Contains("heartbeat", error.GetRawText(), StringComparison.Ordinal);
        await socket.ClosedAsync();
        Assert.Equal(4400, socket.CloseCode);

        (await worker.GetAsync("/sse/agents?heartbeat=9s")).AssertProblem(400, "bad_request");
    }

    [Theory]
    [InlineData("/ws/agents")]
    [InlineData("/v1/publish")]
    public async Task It_can_be_changed_by_hello_and_is_told_when_it_changes(string path)
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        using WorkerSocket socket = await WorkerSocket.OpenAsync(worker, path);
        await socket.SayAsync("""{"op":"hello","heartbeat_ms":20000}"""); // What holds: nothing to tell.
        await socket.SayAsync("""{"op":"hello","heartbeat_ms":30000}""");
        JsonElement welcome = (await socket.NextAsync())!.Value;
        Assert.Equal(("welcome", socket.Session, 30_000), (
            welcome.GetProperty("op").GetString(), welcome.GetProperty("session").GetString(),
            welcome.GetProperty("heartbeat_ms").GetInt32()));

        foreach (string wrong in (string[])["9999", "60001", "\"20s\"", "20000.5", "null"])
        {
            await socket.SayAsync($$"""{"op":"hello","heartbeat_ms":{{wrong}}}""");
            JsonElement error = (await socket.NextAsync())!.Value;
            Assert.Equal(("error", "bad_request"), (
                error.GetProperty("op").GetString(), error.GetProperty("code").GetString()));
            Assert.Contains("from 10000 to 60000", error.GetProperty("detail").GetString(), StringComparison.Ordinal);
        }

        Assert.Equal(30_000, Assert.Single(worker.Get<ConnectionRegistry>().All)
            .Connection.Pulse.Interval.TotalMilliseconds);
    }

    [Fact]
    public async Task A_connection_ends_when_its_token_would_no_longer_be_let_in()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync(
            null, [.. Often, "--connection_plane:auth:clock_skew", "2s"]);
        string stamp = RunningWorker.Stamp(lifetime: TimeSpan.FromSeconds(-1));
        long started = TimeProvider.System.GetTimestamp();
        using WorkerSocket socket = await WorkerSocket.OpenAsync(worker, stamp: stamp);
        await socket.ClosedAsync();
        Assert.Equal(4401, socket.CloseCode);
        Assert.True(
            TimeProvider.System.GetElapsedTime(started) > TimeSpan.FromMilliseconds(50), "the skew holds here too");
    }
}
