using System.Globalization;
using System.Net.WebSockets;
using Realtime.Tests.Support;

namespace Realtime.Tests.EndToEnd;

/// <summary>A worker is killed; its tenant's places are not lost with it.</summary>
public sealed class KilledWorkerPlacesTests
{
    private const int PlacesMax = 4;

    [Fact]
    public async Task The_places_of_a_worker_that_is_killed_come_free_after_its_lease()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        await using RealtimeSystem system = await RealtimeSystem.StartAsync(new RealtimeSystemOptions
        {
            Workers = 2,
            AsProcesses = true,
            Redis = redis.Endpoint,
            WorkerSettings = new Dictionary<string, string>
            {
                ["event_plane:budgets:tenant_connections_max"] = PlacesMax.ToString(CultureInfo.InvariantCulture),
                ["event_plane:budgets:connection_lease"] = "3s",
            },
        });
        await Eventually.TrueAsync("both workers are known", async () =>
            await system.IsAvailableAsync(0) && await system.IsAvailableAsync(1));
        List<Conversation> open = [];
        for (int i = 0; i < PlacesMax; i++)
        {
            open.Add(await OpenAsync(system));
        }

        await Assert.ThrowsAsync<WebSocketException>(() => OpenAsync(system));

        // One that has some.
        string name = (await HeldAsync(redis))[0];
        int killed = int.Parse(name.AsSpan(name.LastIndexOf('-') + 1), CultureInfo.InvariantCulture) - 1;
        system.Processes[killed].Kill();
        await system.Processes[killed].ExitAsync(TimeSpan.FromSeconds(10));
        Assert.Contains(name, await HeldAsync(redis));

        await Eventually.TrueAsync("its places are free", async () =>
        {
            try
            {
                open.Add(await OpenAsync(system));
                return true;
            }
            catch (WebSocketException)
            {
                return false;
            }
        }, TimeSpan.FromSeconds(30));
        Assert.DoesNotContain(name, await HeldAsync(redis));
        open.ForEach(one => one.Dispose());
    }

    private static async Task<string[]> HeldAsync(RedisServer redis) =>
        (await redis.CommandAsync("HKEYS", "rt:{q:acme}:places:of"))
        .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static async Task<Conversation> OpenAsync(RealtimeSystem system)
    {
        Conversation socket = await Conversation.OpenAsync(system, "/ws/agents", system.Token());
        await socket.NextAsync("welcome");
        return socket;
    }
}
