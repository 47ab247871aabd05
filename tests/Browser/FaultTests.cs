using Realtime.Tests.Browser.Support;
using Realtime.Tests.Conformance;
using static Microsoft.Playwright.Assertions;

namespace Realtime.Tests.Browser;

/// <summary>
/// What the page says and does while the network or a worker is gone, and that nothing is missing then.
/// </summary>
[Collection(BrowserCollection.Name)]
public sealed class FaultTests(Chromium chromium, ConformanceScene scene)
{
    [Fact]
    public Task A_killed_worker_costs_nothing() => RunAsync(async viewer =>
    {
        await viewer.SignInAsync("#/agents/a1");
        await Viewer.RecordAsync(viewer.Connection, "data-state");
        int published = 0;
        async Task SayAsync(int count)
        {
            await viewer.Agents.SayNumbersAsync("a1", published + 1, count);
            published += count;
            await Expect(viewer.Messages.First).ToHaveTextAsync($"event {published}");
        }

        await SayAsync(20);

        // Both in turn: whichever had the page, the other takes it.
        for (int worker = 0; worker < 2; worker++)
        {
            await scene.WithoutWorkerAsync(worker, abruptly: true, () => SayAsync(30));
        }

        await SayAsync(20);
        await Expect(viewer.Messages).ToHaveTextAsync(TenantProducer.Texts(1, published));
        await viewer.IsLiveAsync();
        await Expect(viewer.Get("gap-notice")).ToHaveCountAsync(0);
        Assert.Contains("reconnecting", await viewer.HistoryAsync());
    });

    [Fact]
    public Task A_break_of_the_connection_stays_marked_in_timeline_and_terminal() => RunAsync(async viewer =>
    {
        await viewer.Agents.StatusAsync("a1", "working", "t1");
        await viewer.Agents.WriteAsync("t1", "before\r\n");
        await viewer.Agents.SayAsync("a1", "before");
        await viewer.SignInAsync("#/agents/a1");
        await Expect(viewer.TerminalLines.Nth(0)).ToHaveTextAsync("before");
        await Expect(viewer.Messages).ToHaveCountAsync(1);
        viewer.Disconnect();
        await viewer.IsWaitingAsync();
        await Expect(viewer.Get("timeline-outage")).ToContainTextAsync("Not connected since");
        await viewer.Agents.SayAsync("a1", "meanwhile");
        viewer.Reconnect();
        await viewer.IsLiveAsync();
        await Expect(viewer.Messages).ToHaveTextAsync(["meanwhile", "before"]);
        await Expect(viewer.Get("timeline-outage")).ToContainTextAsync("Not connected from");

        // What came later stands above it.
        string kinds = await viewer.Get("timeline").Locator(".event .message, .outage").EvaluateAllAsync<string>(
            "lines => lines.map(line => line.matches('.outage') ? 'break' : line.textContent).join(' ')");
        Assert.Equal("meanwhile break before", kinds);
        await Expect(viewer.Get("terminal-break")).ToHaveAttributeAsync(
            "title", new System.Text.RegularExpressions.Regex("Not connected from .* to "));
    });

    [Fact]
    public Task A_cut_network_is_told_with_a_countdown_and_what_was_missed_comes_once() => RunAsync(async viewer =>
    {
        await viewer.SignInAsync("#/agents/a1");
        await viewer.Agents.StatusAsync("a1", "working");
        await viewer.Agents.SayNumbersAsync("a1", 1, 5);
        await Expect(viewer.Messages).ToHaveCountAsync(5);

        viewer.Disconnect();
        await viewer.IsWaitingAsync();
        await Expect(viewer.Get("as-of")).ToContainTextAsync("All is shown as of");
        await viewer.Agents.SayNumbersAsync("a1", 6, 30);
        await viewer.Agents.StatusAsync("a1", "done");
        await Expect(viewer.Messages).ToHaveCountAsync(5);
        await Expect(viewer.Status("a1")).ToHaveAttributeAsync("data-status", "working");

        viewer.Reconnect();
        await viewer.IsLiveAsync();
        await Expect(viewer.Get("as-of")).ToHaveCountAsync(0);
        await Expect(viewer.Messages).ToHaveTextAsync(TenantProducer.Texts(1, 35));
        await Expect(viewer.Status("a1")).ToHaveAttributeAsync("data-status", "done");
        await Expect(viewer.Get("gap-notice")).ToHaveCountAsync(0);
    });

    [Fact]
    public Task A_network_that_falls_silent_is_noticed_and_told() => RunAsync(async viewer =>
    {
        await viewer.SignInAsync("#/agents/a1");
        await viewer.Agents.SayNumbersAsync("a1", 1, 5);
        await Expect(viewer.Messages).ToHaveCountAsync(5);

        scene.Network.HalfOpen();
        await viewer.Agents.SayNumbersAsync("a1", 6, 5);
        await Expect(viewer.Connection).ToHaveAttributeAsync("data-state", "reconnecting");
        await Expect(viewer.Get("as-of")).ToContainTextAsync("All is shown as of");

        // Chromium tries again on the same silent HTTP/2 connection until its own ping on it fails, some 20 s later:
        // that end is brought about here.
        scene.Network.Cut();
        await Expect(viewer.Messages).ToHaveTextAsync(TenantProducer.Texts(1, 10), new() { Timeout = 30_000 });
        await viewer.IsLiveAsync();
    });

    [Fact]
    public Task What_is_gone_for_good_is_told_with_its_number() => RunAsync(async viewer =>
    {
        await viewer.Agents.StatusAsync("a1", "working");
        await viewer.SignInAsync("#/agents/a1");
        await viewer.Agents.SayAsync("a1", "seen");
        await Expect(viewer.Messages).ToHaveTextAsync(["seen"]);

        viewer.Disconnect();
        await viewer.IsWaitingAsync();
        await scene.ForgetRecentEventsAsync();
        await viewer.Agents.SayNumbersAsync("a1", 1, 27);
        await scene.TrimAsync(viewer.Tenant);
        viewer.Reconnect();
        await viewer.IsLiveAsync();

        await viewer.Agents.SayAsync("a1", "after");
        await Expect(viewer.Get("gap-notice")).ToContainTextAsync("27 events are no longer kept");
        await Expect(viewer.Get("timeline-gap")).ToContainTextAsync("27 events are no longer kept");
        await Expect(viewer.Messages).ToHaveTextAsync(["after", "seen"]);
        await viewer.Get("gap-notice").GetByRole(Microsoft.Playwright.AriaRole.Button).ClickAsync();
        await Expect(viewer.Get("gap-notice")).ToHaveCountAsync(0);
    });

    [Fact]
    public Task Agents_of_streams_that_lost_nothing_stay_when_one_lost_events() => RunAsync(async viewer =>
    {
        for (int agent = 1; agent <= 12; agent++)
        {
            await viewer.Agents.StatusAsync($"a{agent}", "working");
        }

        await viewer.SignInAsync();
        await Expect(viewer.Row("a12")).ToBeVisibleAsync();

        viewer.Disconnect();
        await viewer.IsWaitingAsync();
        await scene.ForgetRecentEventsAsync();
        await viewer.Agents.SayNumbersAsync("a1", 1, 27);
        await scene.TrimAsync(viewer.Tenant);
        viewer.Reconnect();
        await Expect(viewer.Get("gap-notice")).ToContainTextAsync("27 events are no longer kept");
        await viewer.IsLiveAsync();
        await viewer.Agents.StatusAsync("a1", "done");
        await Expect(viewer.Status("a1")).ToHaveAttributeAsync("data-status", "done");
        for (int agent = 1; agent <= 12; agent++)
        {
            await Expect(viewer.Row($"a{agent}")).ToHaveCountAsync(1);
        }
    });

    [Fact]
    public Task A_log_that_is_away_is_told_until_it_is_back() => RunAsync(async viewer =>
    {
        await viewer.SignInAsync();
        await scene.Redis.FreezeAsync();
        try
        {
            await Expect(viewer.Connection).ToHaveAttributeAsync("data-state", "log-away");
            await Expect(viewer.Connection).ToHaveTextAsync("Connected; the log is away");
        }
        finally
        {
            await scene.Redis.ThawAsync();
        }

        await viewer.IsLiveAsync();
    });

    private Task RunAsync(
        Func<Viewer, Task> test, [System.Runtime.CompilerServices.CallerMemberName] string name = "") =>
        Viewer.RunAsync(chromium, scene, test, name: name);
}
