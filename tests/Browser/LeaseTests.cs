using Microsoft.Playwright;
using Realtime.Tests.Browser.Support;
using Realtime.Tests.Conformance;
using static Microsoft.Playwright.Assertions;

namespace Realtime.Tests.Browser;

/// <summary>Agents and tasks whose producer is gone without a word are not shown as working for ever.</summary>
[Collection(BrowserCollection.Name)]
public sealed class LeaseTests(Chromium chromium, ConformanceScene scene)
{
    // The shortest term of a lease is 10 s, and the log says within 2 s that it ran out.
    private const float LostWithinMs = 30_000;

    [Fact]
    public Task An_agent_whose_lease_runs_out_is_lost_on_the_open_page() => RunAsync(async viewer =>
    {
        await viewer.Agents.StatusAsync("a1", "working");
        await viewer.Agents.StatusAsync("a2", "working");
        await viewer.SignInAsync();
        await Expect(viewer.Status("a1")).ToHaveAttributeAsync("data-status", "working");
        await viewer.Page.EvaluateAsync("window.isSamePage = true");

        await viewer.Agents.LeaseAsync("agent", "a1", "runner-7");
        await Expect(viewer.Status("a1")).ToHaveAttributeAsync(
            "data-status", "lost", new() { Timeout = LostWithinMs });
        await Expect(viewer.Status("a1")).ToHaveTextAsync("Lost");
        await Expect(viewer.Status("a2")).ToHaveAttributeAsync("data-status", "working");
        Assert.True(await viewer.Page.EvaluateAsync<bool>("window.isSamePage === true"));

        await viewer.OpenAsync("a1");
        await Expect(viewer.Get("detail")).ToContainTextAsync("runner-7");
    });

    [Fact]
    public Task A_terminal_whose_tasks_lease_runs_out_says_that_it_is_lost() => RunAsync(async viewer =>
    {
        await viewer.Agents.StatusAsync("a1", "working", "t1");
        await viewer.Agents.WriteAsync("t1", "compiling\r\n");
        await viewer.SignInAsync("#/agents/a1");
        await Expect(viewer.TerminalLines.Nth(0)).ToHaveTextAsync("compiling");
        await viewer.Page.EvaluateAsync("window.isSamePage = true");

        await viewer.Agents.LeaseAsync("task", "t1", "runner-7");
        ILocator end = viewer.Get("exit-code");
        await Expect(end).ToHaveAttributeAsync("data-code", "-1", new() { Timeout = LostWithinMs });
        await Expect(end).ToContainTextAsync("lost");
        await Expect(viewer.Get("terminal")).ToHaveAttributeAsync("data-state", "ended");
        await Expect(viewer.TerminalLines.Nth(0)).ToHaveTextAsync("compiling");
        Assert.True(await viewer.Page.EvaluateAsync<bool>("window.isSamePage === true"));
    });

    private Task RunAsync(
        Func<Viewer, Task> test, [System.Runtime.CompilerServices.CallerMemberName] string name = "") =>
        Viewer.RunAsync(chromium, scene, test, name: name);
}
