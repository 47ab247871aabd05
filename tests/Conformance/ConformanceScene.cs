using Realtime.Tests.EndToEnd;
using Realtime.Tests.Support;

namespace Realtime.Tests.Conformance;

/// <summary>
/// Redis, two workers and an edge over TLS, with a network in front of it that a test can cut: shared by the tests of
/// one class, which run one after the other, each with a tenant of its own.
/// </summary>
public sealed class ConformanceScene : IAsyncLifetime
{
    /// <summary>How long a drained client is told to wait at most: long enough to tell it from back-off.</summary>
    public static readonly TimeSpan DrainDelayMax = TimeSpan.FromSeconds(2);

    /// <summary>What a client gets that asks for no other.</summary>
    public static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(2);

    private RedisServer? _redis;
    private RealtimeSystem? _system;
    private TcpFaultProxy? _network;
    private int _tenants;

    internal RedisServer Redis => _redis!;

    internal RealtimeSystem System => _system!;

    internal TcpFaultProxy Network => _network!;

    /// <summary>The edge's address, behind the network that can be cut.</summary>
    internal Uri Url => new UriBuilder(System.Edge()) { Port = Network.Port }.Uri;

    /// <summary>The name of a tenant that nobody else has.</summary>
    public string NewTenant() => $"tenant-{Interlocked.Increment(ref _tenants)}";

    public async Task InitializeAsync()
    {
        _redis = await RedisServer.StartAsync();
        _system = await RealtimeSystem.StartAsync(new RealtimeSystemOptions
        {
            Workers = 2,
            Redis = _redis.Endpoint,

            // In a browser, the edge behind the network and the edge itself are two origins.
            EdgeSettings = new Dictionary<string, string> { ["connection_plane:edge:allowed_origins:0"] = "*" },
            WorkerSettings = new Dictionary<string, string>
            {
                ["connection_plane:connections:heartbeat"] = $"{Heartbeat.TotalSeconds}s",
                ["connection_plane:connections:reconnect_delay"] = "2s",

                // Tokens end when they say so, not half a minute later.
                ["connection_plane:auth:clock_skew"] = "0s",
            },
        });
        _network = InFrontOf(_system);
    }

    public async Task DisposeAsync()
    {
        await (_network?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_system?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_redis?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    /// <summary>Deletes all events that a tenant's streams hold, as retention does in time.</summary>
    internal async Task TrimAsync(string tenant)
    {
        string keys = await Redis.CommandAsync("KEYS", $"rt:*:{tenant}:log");
        foreach (string key in keys.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            await Redis.CommandAsync("XTRIM", key, "MAXLEN", "0");
        }
    }

    /// <summary>Deletes what is kept of a terminal, as a crash of Redis may.</summary>
    internal Task LoseTerminalAsync(string tenant, string task) =>
        Redis.CommandAsync("DEL", $"rt:{{t:{tenant}/{task}}}:log", $"rt:{{t:{tenant}/{task}}}:meta");

    /// <summary>Deletes what is known of a tenant's producers, as their long silence does.</summary>
    internal async Task ForgetProducersAsync(string tenant)
    {
        string keys = await Redis.CommandAsync("KEYS", $"rt:*:{tenant}:producers*");
        string[] known = keys.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.NotEmpty(known);
        await Redis.CommandAsync(["DEL", .. known]);
    }

    /// <summary>
    /// Starts all workers anew: what is in the memory of one that had viewers is not gone with the log's.
    /// </summary>
    internal async Task ForgetRecentEventsAsync()
    {
        for (int worker = 0; worker < 2; worker++)
        {
            await WithoutWorkerAsync(worker, abruptly: true, () => Task.CompletedTask);
        }
    }

    /// <summary>Stops a worker and starts it again once <paramref name="meanwhile"/> has ended.</summary>
    internal async Task WithoutWorkerAsync(int worker, bool abruptly, Func<Task> meanwhile)
    {
        await System.StopWorkerAsync(worker, abruptly);
        await meanwhile();
        await System.StartWorkerAsync(worker);
        await Eventually.TrueAsync(
            "the edge gives it work again", () => System.IsAvailableAsync(worker), FaultScene.Patience);
    }

    private static TcpFaultProxy InFrontOf(RealtimeSystem system) => new(system.Edge().Port);
}
