using System.Collections.Concurrent;
using Realtime.Tests.Support;

namespace Realtime.Tests.EndToEnd;

/// <summary>The network between the edge and a worker swallows everything, without a word to either.</summary>
public sealed class MutedWorkerTests
{
    [Fact]
    public async Task A_worker_behind_a_mute_network_is_left_its_connections_are_cut_and_nothing_is_lost()
    {
        var ways = new ConcurrentDictionary<int, TcpFaultProxy>();
        await using RealtimeSystem system = await RealtimeSystem.StartAsync(new RealtimeSystemOptions
        {
            Workers = 3,
            WayToWorker = (worker, address) =>
                $"http://127.0.0.1:{ways.GetOrAdd(worker, _ => new TcpFaultProxy(address.Port)).Port}",
        });
        try
        {
            await using FaultScene scene = await FaultScene.StartAsync(system);
            await scene.StartPublishingAsync();
            int muted = await BusiestAsync(system);
            ways[muted].Link.Hold();

            await Eventually.TrueAsync(
                "it is out of routing", async () => !await system.IsAvailableAsync(muted), FaultScene.Patience);
            await Eventually.TrueAsync(
                "what was open there is cut", async () => await ConnectionsAsync(system, muted) == 0,
                FaultScene.Patience);
            await scene.GoesOnAsync();
            Assert.Contains(scene.Viewers, viewer => viewer.Connects > 1);
            Assert.False(await system.IsAvailableAsync(muted));

            ways[muted].Link.Release();
            await Eventually.TrueAsync(
                "it is used again", () => system.IsAvailableAsync(muted), FaultScene.Patience);
            await scene.GoesOnAsync();
            await scene.StopPublishingAsync();
            await scene.AssertExactAsync();
        }
        finally
        {
            await Task.WhenAll(ways.Values.Select(way => way.DisposeAsync().AsTask()));
        }
    }

    private static async Task<int> BusiestAsync(RealtimeSystem system)
    {
        long[] connections = await Task.WhenAll(
            Enumerable.Range(0, 3).Select(worker => ConnectionsAsync(system, worker)));
        return Array.IndexOf(connections, connections.Max());
    }

    private static async Task<long> ConnectionsAsync(RealtimeSystem system, int worker)
    {
        using System.Text.Json.JsonDocument workers = await system.WorkersAsync();
        return workers.RootElement.GetProperty("workers")[worker].GetProperty("connections").GetInt64();
    }
}
