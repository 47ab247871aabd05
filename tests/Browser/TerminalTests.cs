using Microsoft.Playwright;
using Realtime.Tests.Browser.Support;
using Realtime.Tests.Conformance;
using static Microsoft.Playwright.Assertions;

namespace Realtime.Tests.Browser;

/// <summary>The terminal of a task, in xterm.js.</summary>
[Collection(BrowserCollection.Name)]
public sealed class TerminalTests(Chromium chromium, ConformanceScene scene)
{
    private const string Fits = "screen => screen.scrollWidth <= screen.clientWidth";

    [Fact]
    public Task It_shows_exactly_what_was_written_with_its_colours_and_how_it_ended() => RunAsync(async viewer =>
    {
        await viewer.Agents.StatusAsync("a1", "working", "t1");
        await viewer.Agents.WriteAsync(
            "t1", "plain \u001b[31mred\u001b[0m \u001b[1;38;2;1;2;3mexact\u001b[0m\r\nGrüße ✓\r\n");
        await viewer.SignInAsync("#/agents/a1");

        await Expect(viewer.TerminalLines.Nth(0)).ToHaveTextAsync("plain red exact");
        await Expect(viewer.TerminalLines.Nth(1)).ToHaveTextAsync("Grüße ✓");
        await Expect(viewer.TerminalLines.Nth(0).Locator("span", new() { HasText = "red" }).Last)
            .ToHaveCSSAsync("color", "rgb(255, 123, 123)");
        await Expect(viewer.TerminalLines.Nth(0).Locator("span", new() { HasText = "exact" }).Last)
            .ToHaveCSSAsync("color", "rgb(1, 2, 3)");

        await viewer.Agents.WriteAsync("t1", "last\u001b[2D\u001b[Kne\r\n");
        await Expect(viewer.TerminalLines.Nth(2)).ToHaveTextAsync("lane");
        await viewer.Agents.EndAsync("t1", 3);
        await Expect(viewer.Get("exit-code")).ToHaveAttributeAsync("data-code", "3");
        await Expect(viewer.Get("terminal")).ToHaveAttributeAsync("data-state", "ended");
    });

    [Fact]
    public Task What_is_long_is_held_while_one_reads_and_a_jump_leads_to_its_end() => RunAsync(async viewer =>
    {
        await viewer.Agents.StatusAsync("a1", "working", "t1");
        await viewer.Agents.WriteAsync("t1", string.Concat(Enumerable.Range(1, 200).Select(n => $"line {n}\r\n")));
        await viewer.SignInAsync("#/agents/a1");
        await Expect(viewer.Get("terminal")).ToContainTextAsync("line 200");

        await viewer.Get("terminal").Locator(".xterm-screen").HoverAsync();
        await viewer.Page.Mouse.WheelAsync(0, -1_000);
        await Expect(viewer.Get("jump-to-live")).ToBeVisibleAsync();
        await viewer.Agents.WriteAsync("t1", "news\r\n");
        await Expect(viewer.Get("terminal")).Not.ToContainTextAsync("line 200");
        await viewer.Get("jump-to-live").ClickAsync();
        await Expect(viewer.Get("terminal")).ToContainTextAsync("news");
        await Expect(viewer.Get("jump-to-live")).ToHaveCountAsync(0);
    });

    [Fact]
    public Task A_program_takes_neither_the_wheel_nor_the_reader_elsewhere() => RunAsync(async viewer =>
    {
        const string Link = "\u001b]8;;https://evil.example/\u001b\\the manual\u001b]8;;\u001b\\";
        await viewer.Agents.StatusAsync("a1", "working", "t1");
        await viewer.Agents.WriteAsync("t1", "\u001b[?1000h\u001b[?25;1003;1006h");
        await viewer.Agents.WriteAsync("t1", string.Concat(Enumerable.Range(1, 200).Select(n => $"line {n}\r\n")));
        await viewer.Agents.WriteAsync("t1", Link + "\r\n");
        await viewer.SignInAsync("#/agents/a1");
        await Expect(viewer.Get("terminal")).ToContainTextAsync("the manual");

        await viewer.Get("terminal").Locator(".xterm-rows > div", new() { HasText = "the manual" })
            .ClickAsync(new() { Position = new() { X = 12, Y = 6 }, Force = true });
        ILocator link = viewer.Get("terminal-link").GetByRole(AriaRole.Link);
        await Expect(link).ToHaveTextAsync("https://evil.example/");
        await Expect(link).ToHaveAttributeAsync("rel", "noopener noreferrer");
        Assert.Single(viewer.Page.Context.Pages);

        await viewer.Get("terminal").Locator(".xterm-screen").HoverAsync();
        await viewer.Page.Mouse.WheelAsync(0, -1_000);
        await Expect(viewer.Get("jump-to-live")).ToBeVisibleAsync();
    });

    [Fact]
    public Task What_is_piped_has_its_lines_one_under_the_other_and_programs_draw_as_they_mean() => RunAsync(
        async viewer =>
        {
            await viewer.Agents.StatusAsync("a1", "working", "t1");
            await viewer.Agents.WriteAsync("t1", "building...\ndone\n");
            await viewer.SignInAsync("#/agents/a1");
            await viewer.ShowsAsync("building...", "done", "");

            await viewer.Agents.WriteAsync("t1", "\u001b[?1049h\u001b[Hab\ncd");
            await viewer.ShowsAsync("ab", "  cd");
            await viewer.Agents.WriteAsync("t1", "\u001b[?1049lone\ntwo");
            await viewer.ShowsAsync("building...", "done", "one", "two");
        });

    [Fact]
    public Task It_comes_by_itself_with_its_first_byte() => RunAsync(async viewer =>
    {
        await viewer.Agents.StatusAsync("a1", "working", "t1");
        await viewer.SignInAsync("#/agents/a1");
        await Expect(viewer.Get("no-terminal")).ToContainTextAsync("No output yet");

        await viewer.Agents.WriteAsync("t1", "first\n");
        await viewer.ShowsAsync("first");
        await Expect(viewer.Get("no-terminal")).ToHaveCountAsync(0);
    });

    [Fact]
    public Task It_waits_for_output_only_as_long_as_somebody_works() => RunAsync(async viewer =>
    {
        await viewer.Agents.StatusAsync("a1", "working", "t1");
        await viewer.SignInAsync("#/agents/a1");
        await Expect(viewer.Get("no-terminal")).ToContainTextAsync("No output yet");

        await viewer.Agents.StatusAsync("a1", "done", "t1");
        await Expect(viewer.Get("no-terminal")).ToContainTextAsync("This task has no terminal");
    });

    [Fact]
    public Task One_that_cannot_be_shown_says_so_in_its_middle() => RunAsync(async viewer =>
    {
        await viewer.Page.RouteWebSocketAsync("**/ws/**", socket =>
        {
            IWebSocketRoute server = socket.ConnectToServer();
            socket.OnMessage(message =>
            {
                if (message.AsJson().Contains("\"terminal\"", StringComparison.Ordinal))
                {
                    _ = socket.CloseAsync(new() { Code = 4401, Reason = "The token's signature does not verify." });
                }
                else
                {
                    server.Send(message.Binary!);
                }
            });
        });
        await viewer.Agents.StatusAsync("a1", "working", "t1");
        await viewer.GoAsync("#/agents/a1");
        await viewer.PasteAsync(viewer.Token);

        ILocator note = viewer.Get("terminal-failed");
        await Expect(note).ToContainTextAsync("The terminal cannot be shown: the connection was closed with 4401");
        LocatorBoundingBoxResult pane = (await viewer.Get("terminal").BoundingBoxAsync())!;
        LocatorBoundingBoxResult words = (await note.BoundingBoxAsync())!;
        LocatorBoundingBoxResult bar = (await viewer.Page.Locator(".terminal-bar").BoundingBoxAsync())!;
        Assert.InRange(bar.Width, pane.Width - 4, pane.Width);
        Assert.InRange(words.X + words.Width / 2, pane.X + pane.Width / 2 - 4, pane.X + pane.Width / 2 + 4);
    });

    [Fact]
    public Task On_a_phone_its_lines_are_wrapped_and_its_letters_as_large_as_one_wants() => RunAsync(
        async viewer =>
        {
            await viewer.Agents.StatusAsync("a1", "working", "t1");
            await viewer.Agents.WriteAsync("t1", new string('w', 100) + "\n");
            await viewer.SignInAsync("#/agents/a1");
            ILocator screen = viewer.Get("terminal").Locator(".terminal-screen");
            await Expect(viewer.Get("terminal")).ToHaveAttributeAsync("data-state", "shown");
            await Expect(viewer.Get("terminal-wrap")).ToHaveAttributeAsync("aria-pressed", "true");
            Assert.True(await screen.EvaluateAsync<bool>(Fits));

            double before = await FontSizeAsync(viewer);
            await viewer.Get("terminal-larger").ClickAsync();
            await HasFontSizeAsync(viewer, before + 1);
            await viewer.Get("terminal-wrap").ClickAsync();
            await Expect(viewer.TerminalLines.Nth(0)).ToHaveTextAsync(new string('w', 100));
            Assert.False(await screen.EvaluateAsync<bool>(Fits));

            await viewer.Page.ReloadAsync();
            await Expect(viewer.Get("terminal-wrap")).ToHaveAttributeAsync("aria-pressed", "false");
            await HasFontSizeAsync(viewer, before + 1);
        },
        options => options.ViewportSize = new() { Width = 390, Height = 844 });

    [Fact]
    public Task A_cut_network_leaves_no_hole_in_it() => RunAsync(async viewer =>
    {
        await viewer.Agents.StatusAsync("a1", "working", "t1");
        await viewer.Agents.WriteAsync("t1", "one\r\n");
        await viewer.SignInAsync("#/agents/a1");
        await Expect(viewer.TerminalLines.Nth(0)).ToHaveTextAsync("one");
        viewer.Disconnect();
        await viewer.IsWaitingAsync();
        await viewer.Agents.WriteAsync("t1", "two\r\n");
        viewer.Reconnect();
        await viewer.IsLiveAsync();
        await viewer.Agents.WriteAsync("t1", "three\r\n");

        await Expect(viewer.TerminalLines.Nth(2)).ToHaveTextAsync("three");
        await Expect(viewer.TerminalLines.Nth(1)).ToHaveTextAsync("two");
        await Expect(viewer.TerminalLines.Nth(3)).ToHaveTextAsync("");
    });

    [Fact]
    public Task A_hole_in_it_is_told_where_it_is() => RunAsync(async viewer =>
    {
        await viewer.Agents.StatusAsync("a1", "working", "t1");
        await viewer.Agents.WriteAsync("t1", "before\r\n", "?offset=0");
        await viewer.SignInAsync("#/agents/a1");
        await Expect(viewer.TerminalLines.Nth(0)).ToHaveTextAsync("before");

        await scene.LoseTerminalAsync(viewer.Tenant, "t1");
        await viewer.Agents.WriteAsync("t1", "after\r\n", "?offset=0");
        await Expect(viewer.Get("terminal")).ToContainTextAsync("the terminal began anew");
        await Expect(viewer.Get("terminal")).ToContainTextAsync("after");
    });

    private static Task<double> FontSizeAsync(Viewer viewer) => viewer.Get("terminal").Locator(".xterm-rows")
        .EvaluateAsync<double>("rows => parseFloat(getComputedStyle(rows).fontSize)");

    // The terminal is drawn anew a moment after the click.
    private static Task HasFontSizeAsync(Viewer viewer, double size) =>
        Expect(viewer.Get("terminal").Locator(".xterm-rows")).ToHaveCSSAsync(
            "font-size", FormattableString.Invariant($"{size}px"));

    private Task RunAsync(
        Func<Viewer, Task> test, Action<BrowserNewContextOptions>? configure = null,
        [System.Runtime.CompilerServices.CallerMemberName] string name = "") =>
        Viewer.RunAsync(chromium, scene, test, configure, name: name);
}
