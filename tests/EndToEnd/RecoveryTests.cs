using System.Globalization;
using Realtime.Client;
using Realtime.Tests.Support;
using Xunit.Abstractions;

namespace Realtime.Tests.EndToEnd;

/// <summary>
/// How soon clients of the SDK, with its defaults, are subscribed again when one of three workers is killed. Prints its
/// figures and where the time goes.
/// </summary>
public sealed class RecoveryTests(ITestOutputHelper output)
{
    private const int Clients = 100;
    private const int Kills = 3;

    [Fact]
    public async Task Clients_of_a_killed_worker_are_subscribed_again_after_little_more_than_their_back_off()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        await using RealtimeSystem system = await RealtimeSystem.StartAsync(
            new RealtimeSystemOptions { Workers = 3, AsProcesses = true, Redis = redis.Endpoint });
        await using EdgeProcess edge = await EdgeProcess.StartAsync(system);
        var clients = new List<RecoveringClient>();
        try
        {
            for (int i = 0; i < Clients; i++)
            {
                clients.Add(new RecoveringClient(system, edge.Address, i));
            }

            await Eventually.TrueAsync(
                "all are subscribed", () => clients.All(one => one.IsActive), FaultScene.Patience);
            var all = new List<RecoveringClient.Recovery>();
            for (int kill = 0; kill < Kills; kill++)
            {
                all.AddRange(await KillAsync(system, clients, kill));
            }

            Tell("from the kill", all, one => one.Total);
            Tell("until the client knows", all, one => one.Noticed);
            Tell("its back-off", all, one => one.Delay);
            Tell("connecting", all, one => one.Connecting);
            Tell("subscribing", all, one => one.Subscribing);
            Assert.InRange(all.Count, Kills * Clients / 6, Kills * Clients);

            // All but the back-off is work of this machine, whose speed is not the test's business.
            Assert.All(all, one => Assert.InRange(one.Delay, TimeSpan.Zero, new ReconnectOptions().Delay));
            Assert.All(all, one => Assert.Equal(1, one.Attempts));
        }
        finally
        {
            await Task.WhenAll(clients.Select(one => one.DisposeAsync().AsTask()));
        }
    }

    // Each kills another worker, and starts it again.
    private static async Task<RecoveringClient.Recovery[]> KillAsync(
        RealtimeSystem system, List<RecoveringClient> clients, int worker)
    {
        clients.ForEach(static one => one.Begin(TimeProvider.System.GetTimestamp()));
        system.Processes[worker].Kill();
        await Eventually.TrueAsync(
            "some lost their connection", () => clients.Any(one => one.HasLost), FaultScene.Patience);
        await Eventually.TrueAsync(
            "the edge knows", async () => !await system.IsAvailableAsync(worker), FaultScene.Patience);
        await Eventually.TrueAsync(
            "all are subscribed again", () => clients.All(one => one.IsActive), FaultScene.Patience);
        RecoveringClient.Recovery[] recoveries = [.. clients.Where(one => one.HasLost).Select(one => one.Recovered)];
        await system.StartWorkerAsync(worker);
        await Eventually.TrueAsync(
            "it is back", () => system.IsAvailableAsync(worker), FaultScene.Patience);
        return recoveries;
    }

    private void Tell(
        string what, List<RecoveringClient.Recovery> all, Func<RecoveringClient.Recovery, TimeSpan> part)
    {
        double[] sorted = [.. all.Select(one => part(one).TotalMilliseconds).Order()];
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{what}: p50 {sorted[sorted.Length / 2]:0} ms, p95 {sorted[(int)(sorted.Length * 0.95)]:0} ms, "
                + $"at most {sorted[^1]:0} ms ({sorted.Length} clients)"));
    }
}
