using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Realtime.Tests.Browser.Support;
using Realtime.Tests.Conformance;
using static Microsoft.Playwright.Assertions;

namespace Realtime.Tests.Browser;

/// <summary>The list of agents: what it shows of each, filter and search, keyboard, addresses.</summary>
[Collection(BrowserCollection.Name)]
public sealed class AgentListTests(Chromium chromium, ConformanceScene scene)
{
    [Fact]
    public Task Values_from_before_are_there_and_follow_what_comes() => RunAsync(async viewer =>
    {
        await viewer.Agents.StatusAsync("a1", "working", "t1");
        await viewer.Agents.ProgressAsync("a1", 40, "t1", "compiling");
        await viewer.Agents.CostAsync("a1", 1.5);
        await viewer.SignInAsync();

        await Expect(viewer.Status("a1")).ToHaveAttributeAsync("data-status", "working");
        await Expect(viewer.Progress("a1")).ToHaveAttributeAsync("aria-valuenow", "40");
        await Expect(viewer.Row("a1")).ToContainTextAsync("compiling");
        await Expect(viewer.Row("a1").GetByTestId("cost")).ToHaveTextAsync("$1.50");

        await viewer.Agents.StatusAsync("a1", "waiting", "t1", "May I?");
        await viewer.Agents.StatusAsync("a2", "reviewing");
        await Expect(viewer.Status("a1")).ToHaveAttributeAsync("data-status", "waiting");
        await Expect(viewer.Row("a1")).ToContainTextAsync("May I?");
        await Expect(viewer.Status("a2")).ToHaveTextAsync("reviewing");
    });

    [Fact]
    public Task Deleted_values_are_gone_at_once_and_an_agent_without_any_with_them() => RunAsync(async viewer =>
    {
        await viewer.Agents.StatusAsync("a1", "working", "t1");
        await viewer.Agents.ProgressAsync("a1", 40, "t1", "compiling");
        await viewer.Agents.StatusAsync("a2", "done");
        await viewer.SignInAsync();
        await Expect(viewer.Progress("a1")).ToHaveAttributeAsync("aria-valuenow", "40");

        await viewer.Agents.DeleteAsync("a1", "progress");
        await Expect(viewer.Progress("a1")).Not.ToHaveAttributeAsync("aria-valuenow", "40");
        await Expect(viewer.Status("a1")).ToHaveAttributeAsync("data-status", "working");

        await viewer.Agents.DeleteAsync("a1", "status");
        await Expect(viewer.Row("a1")).ToHaveCountAsync(0);
        await viewer.Page.ReloadAsync();
        await Expect(viewer.Row("a2")).ToBeVisibleAsync();
        await Expect(viewer.Row("a1")).ToHaveCountAsync(0);
    });

    [Fact]
    public Task Progress_runs_backwards_only_into_the_next_task() => RunAsync(async viewer =>
    {
        await viewer.Agents.ProgressAsync("a1", 60, "t1");
        await viewer.SignInAsync();
        await Viewer.RecordAsync(viewer.Progress("a1"), "aria-valuenow");

        await viewer.Agents.ProgressAsync("a1", 20, "t1", "again");
        await Expect(viewer.Row("a1")).ToContainTextAsync("again");
        await Expect(viewer.Progress("a1")).ToHaveAttributeAsync("aria-valuenow", "60");
        await viewer.Agents.ProgressAsync("a1", 75, "t1");
        await Expect(viewer.Progress("a1")).ToHaveAttributeAsync("aria-valuenow", "75");
        Assert.Equal(["60", "75"], (await viewer.HistoryAsync()).Distinct());

        await viewer.Agents.ProgressAsync("a1", 5, "t2");
        await Expect(viewer.Progress("a1")).ToHaveAttributeAsync("aria-valuenow", "5");
    });

    [Fact]
    public Task Filter_and_search_leave_what_matches() => RunAsync(async viewer =>
    {
        await viewer.Agents.StatusAsync("builder", "working", "compile-1");
        await viewer.Agents.StatusAsync("tester", "failed", "check-1");
        await viewer.Agents.StatusAsync("writer", "working", "docs-1");
        await viewer.SignInAsync();
        ILocator rows = viewer.Page.Locator("[data-row]");
        await Expect(rows).ToHaveCountAsync(3);

        await viewer.Get("filter-working").ClickAsync();
        await Expect(rows).ToHaveCountAsync(2);
        await viewer.Get("search").FillAsync("docs");
        await Expect(rows).ToHaveCountAsync(1);
        await Expect(viewer.Row("writer")).ToBeVisibleAsync();
        await viewer.Get("search").FillAsync("nothing like this");
        await Expect(viewer.Get("no-match")).ToHaveTextAsync(
            "None of 3 agents has this status and these words in its name, task or step.");
        await viewer.Get("filter-clear").ClickAsync();
        await Expect(rows).ToHaveCountAsync(3);

        await viewer.Get("filter-failed").ClickAsync();
        await Expect(rows).ToHaveCountAsync(1);
        await viewer.Agents.StatusAsync("tester", "done", "check-1");
        await Expect(viewer.Get("empty-filter")).ToBeVisibleAsync();
    });

    [Fact]
    public Task What_a_task_is_about_stands_in_list_and_heading_after_a_reload_too() => RunAsync(async viewer =>
    {
        await viewer.SignInAsync();
        await viewer.Agents.StartAsync("a1", "t1", "Mend the parser");
        await viewer.Agents.StatusAsync("a1", "working", "t1");
        await Expect(viewer.Row("a1")).ToContainTextAsync("Mend the parser");
        await viewer.Page.ReloadAsync();
        await Expect(viewer.Row("a1")).ToContainTextAsync("Mend the parser");
        await viewer.Get("search").FillAsync("parser");
        await viewer.OpenAsync("a1");
        await Expect(viewer.Get("task-title")).ToHaveTextAsync("Mend the parser");
    });

    [Fact]
    public Task The_keyboard_is_enough() => RunAsync(async viewer =>
    {
        foreach (string agent in (string[])["a1", "a2", "a3"])
        {
            await viewer.Agents.StatusAsync(agent, "working");
        }

        await viewer.SignInAsync();
        await Expect(viewer.Row("a3")).ToBeVisibleAsync();
        await PressAsync(viewer, "j", "j", "j", "k");
        await Expect(viewer.Row("a2")).ToBeFocusedAsync();
        await PressAsync(viewer, "Enter");
        await Expect(viewer.Get("detail")).ToHaveAttributeAsync("data-agent", "a2");
        await PressAsync(viewer, "Escape");
        await Expect(viewer.Get("detail")).ToHaveCountAsync(0);
        await Expect(viewer.Row("a2")).ToBeFocusedAsync();

        await PressAsync(viewer, "/");
        await Expect(viewer.Get("search")).ToBeFocusedAsync();
        await viewer.Page.Keyboard.TypeAsync("a3");
        await Expect(viewer.Row("a1")).ToHaveCountAsync(0);
        await PressAsync(viewer, "Escape");
        await Expect(viewer.Row("a1")).ToBeVisibleAsync();
        await PressAsync(viewer, "Escape", "?");
        await Expect(viewer.Get("help")).ToBeVisibleAsync();
        await PressAsync(viewer, "Escape");
        await Expect(viewer.Get("help")).ToBeHiddenAsync();
    });

    [Fact]
    public Task An_address_leads_to_its_agent_and_back_leads_back() => RunAsync(async viewer =>
    {
        await viewer.Agents.StatusAsync("a1", "working");
        await viewer.Agents.StatusAsync("a2", "working");
        await viewer.SignInAsync("#/agents/a2");
        await Expect(viewer.Get("detail")).ToHaveAttributeAsync("data-agent", "a2");
        await Expect(viewer.Row("a2")).ToHaveAttributeAsync("aria-current", "true");

        await viewer.OpenAsync("a1");
        Assert.EndsWith("#/agents/a1", viewer.Page.Url, StringComparison.Ordinal);
        await viewer.Page.GoBackAsync();
        await Expect(viewer.Get("detail")).ToHaveAttributeAsync("data-agent", "a2");
        await viewer.Get("back").ClickAsync();
        await Expect(viewer.Get("detail")).ToHaveCountAsync(0);
    });

    [Fact]
    public Task Groups_and_filters_stand_in_the_address_and_come_back_from_it() => RunAsync(async viewer =>
    {
        await viewer.Agents.StatusAsync("web-1", "working", project: "web");
        await viewer.Agents.StatusAsync("web-2", "failed", project: "web");
        await viewer.Agents.StatusAsync("api-1", "working", project: "api");
        await viewer.Agents.StatusAsync("loner", "working");
        await viewer.SignInAsync();
        await viewer.Get("more-filters").ClickAsync();
        await viewer.Get("group").SelectOptionAsync("project");
        ILocator groups = viewer.Get("group-row");
        await Expect(groups).ToContainTextAsync(["api1", "web2", "No project1"]);
        await groups.Nth(1).ClickAsync();
        await Expect(viewer.Row("web-1")).ToHaveCountAsync(0);
        await Expect(viewer.Row("api-1")).ToBeVisibleAsync();

        await viewer.Get("project").SelectOptionAsync("web");
        await viewer.Get("filter-failed").ClickAsync();
        await Expect(viewer.Page).ToHaveURLAsync(new Regex("#/\\?status=failed&group=project&project=web$"));
        await viewer.Page.ReloadAsync();
        await Expect(viewer.Row("web-2")).ToBeVisibleAsync();
        await Expect(viewer.Page.Locator("[data-row]")).ToHaveCountAsync(1);

        // The way to an agent and back keeps them.
        await viewer.OpenAsync("web-2");
        await viewer.Get("back").ClickAsync();
        await Expect(viewer.Page.Locator("[data-row]")).ToHaveCountAsync(1);
        await viewer.Get("filter-clear").ClickAsync();
        await Expect(viewer.Page.Locator("[data-row]")).ToHaveCountAsync(4);
    });

    private Task RunAsync(
        Func<Viewer, Task> test, [System.Runtime.CompilerServices.CallerMemberName] string name = "") =>
        Viewer.RunAsync(chromium, scene, test, name: name);

    private static async Task PressAsync(Viewer viewer, params string[] keys)
    {
        foreach (string key in keys)
        {
            await viewer.Page.Keyboard.PressAsync(key);
        }
    }
}
