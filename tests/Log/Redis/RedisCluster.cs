using System.Globalization;
using Realtime.Tests.Support;

namespace Realtime.Tests.Log.Redis;

/// <summary>A real cluster of three nodes on free ports of the loopback.</summary>
internal sealed class RedisCluster : IAsyncDisposable
{
    private readonly List<RedisServer> _nodes = [];

    public IReadOnlyList<RedisServer> Nodes => _nodes;

    public string[] Endpoints => [.. _nodes.Select(node => node.Endpoint)];

    public static async Task<RedisCluster> StartAsync(
        RedisPersistence persistence = RedisPersistence.None, Func<string[]>? more = null)
    {
        var cluster = new RedisCluster();
        for (int i = 0; i < 3; i++)
        {
            cluster._nodes.Add(await RedisServer.StartAsync(
                persistence,
                more:
                [
                    "--cluster-enabled", "yes", "--cluster-port", $"{RedisServer.FreePort()}",
                    "--cluster-require-full-coverage", "no", "--cluster-node-timeout", "2000",
                    .. more?.Invoke() ?? [],
                ]));
        }

        await RedisServer.MakeClusterAsync(cluster._nodes);
        return cluster;
    }

    /// <summary>The node that has a slot: redis-cli --cluster create gives them equal ranges in order.</summary>
    public RedisServer OwnerOf(int slot) => _nodes[Math.Min(2, slot / 5461)];

    /// <summary>Moves a slot key by key, as redis-cli does, with a pause between two steps.</summary>
    public static async Task MigrateAsync(int slot, RedisServer from, RedisServer to, Func<Task> betweenAsync)
    {
        string fromId = await from.CommandAsync("CLUSTER", "MYID");
        string toId = await to.CommandAsync("CLUSTER", "MYID");
        string number = slot.ToString(CultureInfo.InvariantCulture);
        await to.CommandAsync("CLUSTER", "SETSLOT", number, "IMPORTING", fromId);
        await from.CommandAsync("CLUSTER", "SETSLOT", number, "MIGRATING", toId);
        while (await from.CommandAsync("CLUSTER", "GETKEYSINSLOT", number, "1") is { Length: > 0 } key)
        {
            await betweenAsync();
            await from.CommandAsync(
                "MIGRATE", "127.0.0.1", to.Port.ToString(CultureInfo.InvariantCulture), key, "0", "5000");
        }

        await betweenAsync();
        await to.CommandAsync("CLUSTER", "SETSLOT", number, "NODE", toId);
        await from.CommandAsync("CLUSTER", "SETSLOT", number, "NODE", toId);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (RedisServer node in _nodes)
        {
            await node.DisposeAsync();
        }
    }
}
