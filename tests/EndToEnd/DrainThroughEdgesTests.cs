using System.Text.Json;
using Realtime.Tests.Support;

namespace Realtime.Tests.EndToEnd;

/// <summary>
/// Two edges, three workers: what is ordered through one edge is seen through the other, and nothing is lost.
/// </summary>
public class DrainThroughEdgesTests
{
    private const int OrderedBy = 1;
    private const int SeenBy = 0;

    [Fact]
    public async Task Workers_drained_one_after_another_lose_nothing_and_come_back()
    {
        await using RealtimeSystem system = await RealtimeSystem.StartAsync(
            new RealtimeSystemOptions { Workers = 3, Edges = 2 });
        await using FaultScene scene = await FaultScene.StartAsync(system);
        await scene.StartPublishingAsync();
        for (int worker = 1; worker <= 3; worker++)
        {
            await PostAsync(system, $"admin/workers/worker-{worker}/drain?deadline=20s&pace=500", 202, 200);
            await Eventually.TrueAsync(
                "the other edge sees it drained", async () => await StateAsync(system, worker) == "drained",
                FaultScene.Patience);
            await Eventually.TrueAsync(
                "and gives it nothing", async () => !await system.IsAvailableAsync(worker - 1, SeenBy));
            await scene.GoesOnAsync();

            await PostAsync(system, $"admin/workers/worker-{worker}/undrain", 200);
            await Eventually.TrueAsync(
                "both edges give it work again",
                async () => await system.IsAvailableAsync(worker - 1, SeenBy)
                    && await system.IsAvailableAsync(worker - 1, OrderedBy));
        }

        await scene.StopPublishingAsync();
        await scene.AssertExactAsync();
        Assert.Contains(scene.Viewers, viewer => viewer.Connects > 1);
    }

    [Fact]
    public async Task A_viewer_is_told_to_leave_and_closed_with_1012()
    {
        await using RealtimeSystem system = await RealtimeSystem.StartAsync(
            new RealtimeSystemOptions { Workers = 3, Edges = 2 });
        using Conversation viewer = await OpenAsync(system, SeenBy);
        int home = await HomeAsync(system);
        await PostAsync(system, $"admin/workers/worker-{home}/drain", 202);

        JsonElement drain = await viewer.NextAsync("drain");
        Assert.InRange(drain.GetProperty("delay").GetInt32(), 0, 1000);
        Assert.Equal(1012, (await viewer.ClosedAsync()).Code);
        viewer.Dispose();
        using Conversation next = await OpenAsync(system, SeenBy);
        await Eventually.TrueAsync(
            "it is elsewhere", async () => await HomeAsync(system) is > 0 and int now && now != home);
    }

    [Fact]
    public async Task An_edge_that_drains_lets_its_own_connections_go_and_nobody_elses()
    {
        await using RealtimeSystem system = await RealtimeSystem.StartAsync(
            new RealtimeSystemOptions { Workers = 3, Edges = 2 });
        using Conversation leaving = await OpenAsync(system, OrderedBy);
        using Conversation staying = await OpenAsync(system, SeenBy);
        await PostAsync(system, "admin/edge/drain?deadline=20s", 202);

        await leaving.NextAsync("drain");
        Assert.Equal(1012, (await leaving.ClosedAsync()).Code);
        using HttpClient admin = system.CreateAdminClient(OrderedBy);
        await Eventually.TrueAsync("the edge is drained", async () =>
        {
            using JsonDocument edge = JsonDocument.Parse(await admin.GetByteArrayAsync("admin/edge"));
            return edge.RootElement.GetProperty("state").GetString() == "drained"
                && edge.RootElement.GetProperty("drain").GetProperty("cut").GetInt64() == 0;
        });
        await staying.UntilPongAsync();

        await PostAsync(system, "admin/edge/undrain", 200);
        using Conversation back = await OpenAsync(system, OrderedBy);
        await back.UntilPongAsync();
    }

    private static async Task<Conversation> OpenAsync(RealtimeSystem system, int edge)
    {
        Conversation viewer = await Conversation.OpenAsync(
            system, edge, "/ws/agents?agents=a1", system.Token("read:*"));
        await viewer.NextAsync("subscribed");
        return viewer;
    }

    /// <summary>The number of the worker that has the one connection.</summary>
    private static async Task<int> HomeAsync(RealtimeSystem system)
    {
        using JsonDocument workers = await system.WorkersAsync(SeenBy);
        return 1 + Array.FindIndex(
            [.. workers.RootElement.GetProperty("workers").EnumerateArray()],
            worker => worker.GetProperty("connections").GetInt64() > 0);
    }

    private static async Task<string?> StateAsync(RealtimeSystem system, int worker)
    {
        using JsonDocument workers = await system.WorkersAsync(SeenBy);
        return workers.RootElement.GetProperty("workers")[worker - 1].GetProperty("state").GetString();
    }

    private static async Task PostAsync(RealtimeSystem system, string path, params int[] statuses)
    {
        using HttpClient admin = system.CreateAdminClient(OrderedBy);
        using HttpResponseMessage answer = await admin.PostAsync(path, content: null);
        Assert.True(statuses.Contains((int)answer.StatusCode), await answer.Content.ReadAsStringAsync());
    }
}
