using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Realtime.Devhost.Demo;
using Realtime.Tests.Support;

namespace Realtime.Tests.Devhost;

/// <summary>The demo agents, seen as any viewer sees them.</summary>
public class DemoTests
{
    private static readonly string[] Agents =
        ["demo-builder", "demo-coder", "demo-historian", "demo-releaser", "demo-surveyor"];

    private static readonly TimeSpan Within = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan AllStatesWithin = TimeSpan.FromSeconds(90);

    // The same agents with hardly a pause.
    private static readonly DemoOptions Hasty = new()
    {
        ReadBytesPerSecond = 512 * 1024,
        ReadInterval = TimeSpan.FromMilliseconds(20),
        ProgressInterval = TimeSpan.FromMilliseconds(20),
        Stagger = TimeSpan.Zero,
        QueueTime = TimeSpan.FromMilliseconds(100),
        ThinkTime = TimeSpan.FromMilliseconds(100),
        ApprovalTime = TimeSpan.FromMilliseconds(200),
        SilenceTime = TimeSpan.FromMilliseconds(100),
        PauseBetweenTasks = TimeSpan.FromMilliseconds(500),
        FarewellTimeout = TimeSpan.FromSeconds(10),
    };

    [Fact]
    public async Task Agents_and_terminals_show_through_the_public_API()
    {
        await using DevhostProcess devhost = await DevhostProcess.StartAsync();
        using HttpClient viewer = devhost.CreateClient(devhost.Viewer);

        await Eventually.TrueAsync(
            "every agent has a status", async () =>
            {
                string state = await viewer.GetStringAsync("v1/agents");
                return Agents.All(agent => state.Contains($"\"agent:{agent}:status\""));
            },
            Within);

        byte[] terminal = [];
        await Eventually.TrueAsync(
            "a terminal shows colours of a program",
            async () =>
            {
                using HttpResponseMessage answer =
                    await viewer.GetAsync("v1/tasks/demo-surveyor-1/terminal?from=start");
                terminal = answer.IsSuccessStatusCode ? await answer.Content.ReadAsByteArrayAsync() : [];
                return terminal.AsSpan().IndexOf("\e[01;34m"u8) >= 0;
            },
            Within,
            () => Encoding.UTF8.GetString(terminal));

        await Eventually.TrueAsync(
            "a task finishes",
            async () => (await viewer.GetStringAsync("v1/events?types=task.finished&limit=10")).Contains("exit_code"),
            Within);
    }

    [Fact]
    public async Task Every_state_is_shown_and_every_task_is_told_from_its_queue_to_its_end()
    {
        await using DevhostProcess devhost = await DevhostProcess.StartAsync("--no-demo");
        await using EventWatch watch = await EventWatch.StartAsync(devhost);
        using X509Certificate2 certificate = X509CertificateLoader.LoadCertificateFromFile(devhost.Ca);
        await using (DemoAgents agents = DemoAgents.Start(
            new Uri(devhost.Edge), devhost.Publisher, certificate, logOutlivesProcess: false, Hasty,
            TimeProvider.System, NullLoggerFactory.Instance))
        {
            Assert.Equal(Agents, agents.Ids.Order());
            string[] states = ["queued", "working", "waiting", "done", "failed", "stopped", "lost"];
            await Eventually.TrueAsync(
                "every state was shown, and every agent ended a task",
                () => new DemoStory(watch.Events) is var story && !states.Except(story.Statuses).Any()
                    && !Agents.Except(story.AgentsWithAnEnd).Any(),
                AllStatesWithin,
                () => string.Join(", ", new DemoStory(watch.Events).Statuses));
        }

        await Eventually.TrueAsync(
            "every task has an end", () => !new DemoStory(watch.Events).Unfinished().Any(),
            detail: () => string.Join(", ", new DemoStory(watch.Events).Unfinished()));
        var told = new DemoStory(watch.Events);
        Assert.Empty(told.Faults());
        using HttpClient viewer = devhost.CreateClient(devhost.Viewer);
        foreach ((string task, int? exitCode) in told.ExitCodes)
        {
            using HttpResponseMessage terminal = await viewer.GetAsync($"v1/tasks/{task}/terminal?from=start");
            Assert.True(terminal.IsSuccessStatusCode, $"{task}: {terminal.StatusCode}");
            Assert.Equal($"{exitCode}", Assert.Single(terminal.Headers.GetValues("Realtime-Exit-Code")));
        }
    }

    [Fact]
    public async Task SIGTERM_stops_every_task_and_says_so_to_who_watches()
    {
        await using DevhostProcess devhost = await DevhostProcess.StartAsync();
        await using EventWatch watch = await EventWatch.StartAsync(devhost);
        await Eventually.TrueAsync(
            "one task is worked on, another still queued",
            () => new DemoStory(watch.Events).TasksByLastStatus is var tasks
                && tasks.Contains("working") && tasks.Contains("queued"),
            Within);

        await devhost.TerminateAsync();
        await watch.Ended;

        var told = new DemoStory(watch.Events);
        Assert.Empty(told.Unfinished());
        Assert.Empty(told.Faults());
        Assert.Equal(Agents.Length, told.TasksByLastStatus["stopped"].Count());
    }
}
