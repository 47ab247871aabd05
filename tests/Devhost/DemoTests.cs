using System.Text;
using System.Text.Json;
using Realtime.Tests.Support;

namespace Realtime.Tests.Devhost;

/// <summary>The demo agents, seen as any viewer sees them.</summary>
public class DemoTests
{
    private static readonly string[] Agents = ["demo-builder", "demo-historian", "demo-surveyor"];
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Agents_and_terminals_show_through_the_public_API()
    {
        await using DevhostProcess devhost = await DevhostProcess.StartAsync();
        using HttpClient viewer = devhost.CreateClient(devhost.Viewer);

        await Eventually.TrueAsync(
            "every agent has a status", async () =>
            {
                string state = await viewer.GetStringAsync("v1/agents");
                return Agents.All(agent => state.Contains($"agent:{agent}:status") || state.Contains($"\"{agent}\""));
            },
            Within);

        byte[] terminal = [];
        await Eventually.TrueAsync(
            "a terminal shows colours",
            async () =>
            {
                using HttpResponseMessage answer =
                    await viewer.GetAsync("v1/tasks/demo-surveyor-1/terminal?from=start");
                terminal = answer.IsSuccessStatusCode ? await answer.Content.ReadAsByteArrayAsync() : [];
                return terminal.AsSpan().IndexOf("\u001b["u8) >= 0;
            },
            Within,
            () => Encoding.UTF8.GetString(terminal));

        await Eventually.TrueAsync(
            "a task finishes",
            async () => (await viewer.GetStringAsync("v1/events?types=task.finished&limit=10")).Contains("exit_code"),
            Within);

        using JsonDocument history = JsonDocument.Parse(
            await viewer.GetStringAsync("v1/events?types=agent.progress&agents=demo-*&limit=1000"));
        AssertProgressNeverRunsBackwards(history.RootElement.GetProperty("events"));
    }

    private static void AssertProgressNeverRunsBackwards(JsonElement events)
    {
        var last = new Dictionary<string, int>();
        foreach (JsonElement seen in events.EnumerateArray())
        {
            string task = seen.GetProperty("task").GetString()!;
            int percent = seen.GetProperty("payload").GetProperty("percent").GetInt32();
            Assert.InRange(percent, last.GetValueOrDefault(task), 100);
            last[task] = percent;
        }

        Assert.NotEmpty(last);
    }
}
