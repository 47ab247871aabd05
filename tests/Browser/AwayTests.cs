using Realtime.Tests.Browser.Support;
using Realtime.Tests.Conformance;
using static Microsoft.Playwright.Assertions;

namespace Realtime.Tests.Browser;

/// <summary>A page that is left and comes back: everything is there again, and what was missed is marked.</summary>
[Collection(BrowserCollection.Name)]
public sealed class AwayTests(Chromium chromium, ConformanceScene scene)
{
    [Fact]
    public Task A_reload_brings_everything_back_and_marks_nothing() => RunAsync(async viewer =>
    {
        await viewer.Agents.StatusAsync("a1", "working", "t1");
        await viewer.Agents.ProgressAsync("a1", 30, "t1");
        await viewer.Agents.SayNumbersAsync("a1", 1, 3);
        await viewer.Agents.WriteAsync("t1", "output\r\n");
        await viewer.SignInAsync("#/agents/a1");
        await Expect(viewer.Messages).ToHaveCountAsync(3);
        await viewer.Page.ReloadAsync();

        await viewer.IsLiveAsync();
        await Expect(viewer.Status("a1")).ToHaveAttributeAsync("data-status", "working");
        await Expect(viewer.Progress("a1")).ToHaveAttributeAsync("aria-valuenow", "30");
        await Expect(viewer.Messages).ToHaveTextAsync(TenantProducer.Texts(1, 3));
        await Expect(viewer.TerminalLines.Nth(0)).ToHaveTextAsync("output");
        await viewer.Agents.SayAsync("a1", "live");
        await Expect(viewer.Messages.First).ToHaveTextAsync("live");
        await Expect(viewer.Get("missed-notice")).ToHaveCountAsync(0);
        await Expect(viewer.Get("missed-divider")).ToHaveCountAsync(0);
    });

    [Fact]
    public Task An_agent_that_only_said_something_is_there_after_a_reload_too() => RunAsync(async viewer =>
    {
        await viewer.SignInAsync();
        await viewer.Agents.SayAsync("talker", "hello");
        await Expect(viewer.Row("talker")).ToBeVisibleAsync();
        await viewer.Page.ReloadAsync();
        await viewer.IsLiveAsync();
        await Expect(viewer.Row("talker")).ToBeVisibleAsync();
    });

    [Fact]
    public Task What_came_meanwhile_is_marked_until_it_was_seen() => RunAsync(async viewer =>
    {
        await viewer.Agents.StatusAsync("a1", "working");
        await viewer.Agents.StatusAsync("a2", "working");
        await viewer.SignInAsync();
        await viewer.Agents.SayNumbersAsync("a1", 1, 1);
        await viewer.Agents.StatusAsync("a1", "waiting");
        await Expect(viewer.Status("a1")).ToHaveAttributeAsync("data-status", "waiting");
        await viewer.LeaveAsync();
        await viewer.Agents.SayNumbersAsync("a1", 2, 3);
        await viewer.Agents.StatusAsync("a2", "failed", "t2");

        await viewer.GoAsync();
        await Expect(viewer.Get("missed-notice")).ToContainTextAsync("4 events of 2 agents while you were away");
        await Expect(viewer.Row("a1").GetByTestId("missed-badge")).ToHaveTextAsync("3 while away");
        await Expect(viewer.Row("a2").GetByTestId("missed-badge")).ToHaveTextAsync("1 while away, 1 failed");

        // Nobody has looked at them yet: another reload changes nothing.
        await viewer.Page.ReloadAsync();
        await Expect(viewer.Get("missed-notice")).ToContainTextAsync("4 events");
        await viewer.OpenAsync("a1");
        await Expect(viewer.Get("missed-divider")).ToHaveCountAsync(1);
        await Expect(viewer.Get("timeline").Locator(".event.missed .message"))
            .ToHaveTextAsync(TenantProducer.Texts(2, 3));
        await Expect(viewer.Row("a1").GetByTestId("missed-badge")).ToHaveCountAsync(0);
        await Expect(viewer.Get("missed-notice")).ToContainTextAsync("1 event of 1 agent");

        await viewer.Get("missed-dismiss").ClickAsync();
        await Expect(viewer.Get("missed-notice")).ToHaveCountAsync(0);
        await viewer.Page.ReloadAsync();
        await Expect(viewer.Messages).ToHaveCountAsync(4);
        await viewer.IsLiveAsync();
        await Expect(viewer.Get("missed-notice")).ToHaveCountAsync(0);
        await Expect(viewer.Get("missed-divider")).ToHaveCountAsync(0);
    });

    [Fact]
    public Task What_is_gone_for_good_meanwhile_is_told_with_its_number() => RunAsync(async viewer =>
    {
        await viewer.Agents.SayAsync("a1", "seen");
        await viewer.SignInAsync("#/agents/a1");
        await viewer.Agents.SayAsync("a1", "seen too");
        await Expect(viewer.Messages).ToHaveCountAsync(2);
        // The timeline may have loaded it; only what came live moves the place up to which the page has seen.
        await viewer.Agents.StatusAsync("a1", "waiting");
        await Expect(viewer.Status("a1")).ToHaveAttributeAsync("data-status", "waiting");
        await viewer.LeaveAsync();
        await viewer.Agents.SayNumbersAsync("a1", 1, 31);
        await scene.TrimAsync(viewer.Tenant);
        await viewer.Agents.SayAsync("a1", "kept");

        await viewer.GoAsync("#/agents/a1");
        await Expect(viewer.Get("gap-notice")).ToContainTextAsync("31 events are no longer kept");
        await Expect(viewer.Messages).ToHaveTextAsync(["kept"]);
        await Expect(viewer.Get("missed-divider")).ToHaveCountAsync(1);
    });

    private Task RunAsync(
        Func<Viewer, Task> test, [System.Runtime.CompilerServices.CallerMemberName] string name = "") =>
        Viewer.RunAsync(chromium, scene, test, name: name);
}
