using System.Net;
using System.Text;
using System.Text.Json;

namespace Realtime.Tests.EndToEnd;

/// <summary>The clocks of edge and workers are minutes apart: nobody who comes with a good token notices.</summary>
public class ClocksApartTests
{
    private static readonly RealtimeSystemOptions Apart = new()
    {
        Workers = 2,
        ClocksAhead = [TimeSpan.FromMinutes(7), TimeSpan.FromMinutes(-9)],
    };

    [Fact]
    public async Task Events_are_published_and_seen_at_each_worker()
    {
        await using RealtimeSystem system = await RealtimeSystem.StartAsync(Apart);
        using HttpClient client = system.CreateClient(system.Token());
        List<Conversation> viewers = [];
        for (int i = 0; i < 8; i++)
        {
            // Shorter than the clocks are apart: by its own clock one of the workers would end it at once.
            viewers.Add(await Conversation.OpenAsync(
                system, 0, $"/ws/agents?agents=a{i}", system.Token("read:*", lifetime: TimeSpan.FromMinutes(2))));
            await viewers[i].NextAsync("subscribed");
            using var body = new StringContent(
                $$"""[{"channel":"agents","type":"agent.status","agent":"a{{i}}","payload":{ } }]""",
                Encoding.UTF8, "application/json");
            using HttpResponseMessage answer = await client.PostAsync("/v1/events", body);
            Assert.True(answer.StatusCode == HttpStatusCode.Accepted, await answer.Content.ReadAsStringAsync());
            await viewers[i].NextAsync("event");
        }

        using JsonDocument workers = await system.WorkersAsync();
        foreach (JsonElement worker in workers.RootElement.GetProperty("workers").EnumerateArray())
        {
            Assert.Equal(JsonValueKind.Null, worker.GetProperty("error").ValueKind);
            Assert.InRange(Math.Abs(worker.GetProperty("clock_ahead_ms").GetInt64()), 400_000, 550_000);
        }

        viewers.ForEach(viewer => viewer.Dispose());
    }

    [Fact]
    public async Task Operators_are_obeyed_and_an_edge_that_leaves_cuts_nobody()
    {
        await using RealtimeSystem system = await RealtimeSystem.StartAsync(Apart);
        using HttpClient admin = system.CreateAdminClient();
        foreach (string order in new[] { "drain", "undrain" })
        {
            using HttpResponseMessage answer = await admin.PostAsync($"admin/workers/worker-2/{order}", null);
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        }

        using Conversation viewer = await Conversation.OpenAsync(
            system, 0, "/ws/agents?agents=a1", system.Token("read:*"));
        await viewer.NextAsync("subscribed");
        (await admin.PostAsync("admin/edge/drain?deadline=20s", null)).Dispose();
        await viewer.NextAsync("drain");
        Assert.Equal(1012, (await viewer.ClosedAsync()).Code);
    }
}
