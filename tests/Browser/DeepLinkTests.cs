using System.Globalization;
using Microsoft.Playwright;
using Realtime.Tests.Browser.Support;
using Realtime.Tests.Conformance;
using Realtime.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Realtime.Tests.Browser;

/// <summary>Links to an event, a time, a byte of a terminal: they lead there, or say that it is gone.</summary>
[Collection(BrowserCollection.Name)]
public sealed class DeepLinkTests(Chromium chromium, ConformanceScene scene)
{
    private const int Lines = 2_000;

    [Fact]
    public Task A_link_to_an_event_far_back_leads_there_and_what_is_between_comes_on_request() => RunAsync(
        async viewer =>
        {
            await AllowCopyingAsync(viewer);
            await viewer.Agents.SayAsync("a1", "the one");
            await viewer.SignInAsync("#/agents/a1");
            ILocator first = viewer.Get("timeline-event").First;
            await first.GetByRole(AriaRole.Button).First.ClickAsync();
            await viewer.Get("copy-event-link").ClickAsync();
            await Expect(viewer.Get("copy-event-link")).ToHaveAttributeAsync("data-said", "copied");
            string link = await ClipboardAsync(viewer);
            await viewer.Agents.SayNumbersAsync("a1", 1, 700);

            await viewer.TakeAnotherTabAsync();
            await viewer.SignInAsync(new Uri(link).Fragment);
            ILocator target = viewer.Page.Locator(".event.target");
            await Expect(target).ToContainTextAsync("the one");
            await Expect(target).ToBeInViewportAsync();
            await Expect(viewer.Get("sought")).ToHaveAttributeAsync("data-state", "found");
            await Expect(viewer.Get("timeline-unread")).ToHaveCountAsync(1);
            await viewer.Get("load-between").ClickAsync();
            await Expect(viewer.Get("timeline-unread")).ToHaveCountAsync(0);
            await Expect(target).ToContainTextAsync("the one");
            await viewer.Get("sought-dismiss").ClickAsync();
            await Expect(target).ToHaveCountAsync(0);
            await Expect(viewer.Get("sought")).ToHaveCountAsync(0);
        });

    [Fact]
    public Task A_link_to_an_event_that_is_gone_says_so() => RunAsync(async viewer =>
    {
        await viewer.Agents.SayAsync("a1", "to be lost");
        await viewer.SignInAsync("#/agents/a1");
        string? id = await viewer.Get("timeline-event").First.GetAttributeAsync("data-event-id");
        await viewer.Agents.SayNumbersAsync("a1", 1, 5);
        await scene.TrimAsync(viewer.Tenant);
        await viewer.Agents.SayAsync("a1", "kept");
        await viewer.TakeAnotherTabAsync();
        await viewer.SignInAsync($"#/agents/a1?event={id}");
        await Expect(viewer.Get("sought")).ToHaveAttributeAsync("data-state", "gone");
        await Expect(viewer.Get("sought")).ToContainTextAsync("no longer kept");
        await Expect(viewer.Messages.First).ToHaveTextAsync("kept");
    });

    [Fact]
    public Task One_goes_to_a_task_and_sees_only_the_kinds_that_were_chosen() => RunAsync(async viewer =>
    {
        await viewer.Agents.StartAsync("a1", "t1", "The first");
        await viewer.Agents.SayNumbersAsync("a1", 1, 60);
        await viewer.Agents.FinishAsync("a1", "t1", 0);
        await viewer.SignInAsync("#/agents/a1");
        await Expect(viewer.Get("took")).ToContainTextAsync("took");
        await viewer.Get("goto-task").SelectOptionAsync("t1");
        await Expect(viewer.Page.Locator(".event.target")).ToContainTextAsync("The first");
        await Expect(viewer.Page.Locator(".event.target")).ToBeInViewportAsync();

        await viewer.Get("kind-tasks").ClickAsync();
        await Expect(viewer.Get("timeline-event")).ToHaveCountAsync(2);
        await Expect(viewer.Page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex(@"\?show=tasks$"));
        await viewer.Page.ReloadAsync();
        await Expect(viewer.Get("timeline-event")).ToHaveCountAsync(2);
        await viewer.Get("kind-tasks").ClickAsync();
        await Expect(viewer.Get("timeline-event")).ToHaveCountAsync(62);
    });

    [Fact]
    public Task A_link_to_a_line_of_a_terminal_marks_it_and_stands_there() => RunAsync(async viewer =>
    {
        await AllowCopyingAsync(viewer);
        string[] lines = [.. Enumerable.Range(1, Lines).Select(Line)];
        int offset = lines.Take(1_499).Sum(line => line.Length);
        await viewer.Agents.StatusAsync("a1", "working", "t1");
        await viewer.Agents.WriteAsync("t1", string.Concat(lines));
        await viewer.SignInAsync($"#/agents/a1/tasks/t1?offset={offset}");
        await Expect(viewer.Get("terminal-target")).ToBeVisibleAsync();
        await Expect(viewer.Get("terminal")).ToContainTextAsync("line 1500 ");
        await Expect(viewer.Get("jump-to-live")).ToBeVisibleAsync();

        await viewer.Get("terminal").Locator(".xterm-screen").ClickAsync();
        string shown = await viewer.TerminalLines.First.InnerTextAsync();
        string top = shown;
        await viewer.Page.Keyboard.PressAsync("PageUp");
        await Eventually.TrueAsync("the page before is drawn", async () =>
            (top = await viewer.TerminalLines.First.InnerTextAsync()) != shown);
        int number = int.Parse(top.Split('\u00a0', ' ')[1], CultureInfo.InvariantCulture);
        await viewer.Get("terminal-copy-link").ClickAsync();
        await Expect(viewer.Get("terminal-copy-link")).ToHaveAttributeAsync("data-said", "copied");
        string link = await ClipboardAsync(viewer);
        Assert.Contains(
            string.Create(CultureInfo.InvariantCulture, $"?offset={lines.Take(number - 1).Sum(line => line.Length)}."),
            link, StringComparison.Ordinal);
    });

    [Fact]
    public Task A_link_to_a_terminal_that_began_anew_says_so_and_shows_what_there_is() => RunAsync(async viewer =>
    {
        await viewer.Agents.StatusAsync("a1", "working", "t1");
        await viewer.Agents.WriteAsync("t1", "what there is\r\n");
        await viewer.SignInAsync("#/agents/a1/tasks/t1?offset=5.zzzzzz");
        await Expect(viewer.Get("terminal-link-gone")).ToHaveAttributeAsync("data-state", "anew");
        await Expect(viewer.Get("terminal")).ToContainTextAsync("what there is");
        await Expect(viewer.Get("terminal-target")).ToHaveCountAsync(0);
    });

    private static string Line(int number) =>
        string.Create(CultureInfo.InvariantCulture, $"line {number} of the output, some text in it\n");

    private static Task AllowCopyingAsync(Viewer viewer) =>
        viewer.Page.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);

    private static Task<string> ClipboardAsync(Viewer viewer) =>
        viewer.Page.EvaluateAsync<string>("navigator.clipboard.readText()");

    private Task RunAsync(
        Func<Viewer, Task> test, [System.Runtime.CompilerServices.CallerMemberName] string name = "") =>
        Viewer.RunAsync(chromium, scene, test, name: name);
}
