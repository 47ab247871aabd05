using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Realtime.Tests.Browser.Support;
using Realtime.Tests.Conformance;
using Realtime.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Realtime.Tests.Browser;

/// <summary>The screen of a terminal is the one that its program writes for, character for character.</summary>
[Collection(BrowserCollection.Name)]
public sealed class TerminalScreenTests(Chromium chromium, ConformanceScene scene)
{
    private const string AlternateScreen = "\u001b[?1049h\u001b[H";
    private const int BatchBytes = 32_768;

    [Fact]
    public Task A_character_that_is_cut_between_two_messages_is_shown() => RunAsync(async viewer =>
    {
        await viewer.Agents.StatusAsync("a1", "working", "t1");

        // Two bytes of the dash are in the first batch, the third is in the next one.
        string lines = string.Concat(Enumerable.Repeat(new string('x', 63) + "\n", (BatchBytes - 64) / 64));
        string before = lines + new string('y', BatchBytes - 2 - lines.Length);
        await viewer.Agents.WriteAsync("t1", $"{before}\u2014\u201cend\u201d\u2014{new string('z', 20)}\n");
        await viewer.SignInAsync("#/agents/a1");

        await Expect(viewer.Get("terminal")).ToContainTextAsync("yy\u2014\u201cend\u201d\u2014zz");
    });

    [Theory]
    [InlineData(390, 844)]
    [InlineData(768, 1024)]
    [InlineData(1_400, 860)]
    public Task A_program_of_160_columns_and_50_lines_is_shown_as_it_draws(int width, int height) => RunAsync(
        async viewer =>
        {
            await viewer.Agents.StatusAsync("a1", "working", "t1");
            await viewer.Agents.WriteAsync("t1", "$ vim\r\n");
            await viewer.Agents.ResizeAsync("t1", 160, 50);
            await viewer.Agents.WriteAsync("t1", AlternateScreen + Drawn(160, 50));
            await viewer.SignInAsync("#/agents/a1");
            await ShowsDrawnAsync(viewer, 160, 50);
            await Expect(viewer.Get("terminal-wrap")).ToBeDisabledAsync();
            await IsAllInReachAsync(viewer);

            // A larger window, then a smaller one: each drawing is in the size that it was meant for.
            await viewer.Agents.ResizeAsync("t1", 200, 60);
            await viewer.Agents.WriteAsync("t1", "\u001b[2J" + Drawn(200, 60));
            await ShowsDrawnAsync(viewer, 200, 60);
            await viewer.Agents.ResizeAsync("t1", 40, 10);
            await viewer.Agents.WriteAsync("t1", "\u001b[2J" + Drawn(40, 10));
            await ShowsDrawnAsync(viewer, 40, 10);
            await IsAllInReachAsync(viewer);
        },
        options => options.ViewportSize = new() { Width = width, Height = height });

    [Fact]
    public Task A_size_counts_from_its_place_on_and_letters_are_as_large_as_one_wants() => RunAsync(async viewer =>
    {
        await viewer.Agents.StatusAsync("a1", "working", "t1");
        await viewer.Agents.WriteAsync("t1", "before\r\n");
        await viewer.Agents.ResizeAsync("t1", 80, 24);
        await viewer.Agents.WriteAsync("t1", AlternateScreen + "\u001b[1;200HA");
        await viewer.Agents.ResizeAsync("t1", 100, 30);
        await viewer.Agents.WriteAsync("t1", "\u001b[1;200HB");
        await viewer.SignInAsync("#/agents/a1");
        await viewer.ShowsAsync("A".PadLeft(80) + "B".PadLeft(20));

        ILocator rows = viewer.Get("terminal").Locator(".xterm-rows");
        double size = await rows.EvaluateAsync<double>("rows => parseFloat(getComputedStyle(rows).fontSize)");
        await viewer.Get("terminal-larger").ClickAsync();
        await Expect(rows).ToHaveCSSAsync(
            "font-size", FormattableString.Invariant($"{Math.Round(size, MidpointRounding.AwayFromZero) + 1}px"));
        await viewer.ShowsAsync("A".PadLeft(80) + "B".PadLeft(20));
        await Expect(viewer.TerminalLines).ToHaveCountAsync(30);
    });

    [Fact]
    public Task On_a_phone_a_log_with_a_size_is_wrapped_if_one_wants_and_a_drawing_is_not() => RunAsync(
        async viewer =>
        {
            await viewer.Agents.StatusAsync("a1", "working", "t1");
            await viewer.Agents.ResizeAsync("t1", 160, 50);
            await viewer.Agents.WriteAsync("t1", new string('w', 150) + "\r\n");
            await viewer.SignInAsync("#/agents/a1");
            await viewer.ShowsAsync(new string('w', 150), "");
            await viewer.Get("terminal-wrap").ClickAsync();
            await Expect(viewer.TerminalLines.Nth(0)).Not.ToHaveTextAsync(new string('w', 150));

            await viewer.Agents.WriteAsync("t1", AlternateScreen + Drawn(160, 50));
            await ShowsDrawnAsync(viewer, 160, 50);
            await viewer.Agents.WriteAsync("t1", "\u001b[?1049l");
            await Expect(viewer.TerminalLines.Nth(0)).ToHaveTextAsync(new Regex("^w{20,100}$"));
            await viewer.Get("terminal-wrap").ClickAsync();
            await viewer.ShowsAsync(new string('w', 150), "");
        },
        options => options.ViewportSize = new() { Width = 390, Height = 844 });

    [Fact]
    public Task What_is_no_longer_kept_stays_on_the_screen_of_its_reader() => RunAsync(async viewer =>
    {
        await viewer.Agents.StatusAsync("a1", "working", "t1");
        await viewer.Agents.WriteAsync("t1", "worth reading\r\n", "?offset=0");
        await viewer.SignInAsync("#/agents/a1");
        await viewer.ShowsAsync("worth reading");

        await scene.LoseTerminalAsync(viewer.Tenant, "t1");
        viewer.Disconnect();
        await viewer.IsWaitingAsync();
        viewer.Reconnect();
        await viewer.IsLiveAsync();
        await Expect(viewer.Get("terminal-gone")).ToContainTextAsync("no longer kept by the server");
        await viewer.ShowsAsync("worth reading");
        await Expect(viewer.Get("no-terminal")).ToHaveCountAsync(0);

        await viewer.Agents.WriteAsync("t1", "a new life\r\n", "?offset=0");
        await Expect(viewer.Get("terminal")).ToContainTextAsync("a new life");
        await Expect(viewer.Get("terminal-gone")).ToHaveCountAsync(0);
    });

    // As an editor does: lines numbered from the first to the last, the last one with text up to both edges.
    private static string Drawn(int columns, int rows)
    {
        IEnumerable<string> lines = Enumerable.Range(1, rows - 1).Select(row => $"\u001b[{row};1H~{row}");
        return $"{string.Concat(lines)}\u001b[{rows};1H--INSERT--\u001b[{rows};{columns - 2}HEnd\u001b[1;1H";
    }

    private static async Task ShowsDrawnAsync(Viewer viewer, int columns, int rows)
    {
        await viewer.ShowsAsync(
            [.. Enumerable.Range(1, rows - 1).Select(row => $"~{row}"), "--INSERT--" + "End".PadLeft(columns - 10)]);
        await Expect(viewer.TerminalLines).ToHaveCountAsync(rows);
    }

    // Whatever does not fit can be scrolled to, and nothing around it moves.
    private static async Task IsAllInReachAsync(Viewer viewer)
    {
        ILocator screen = viewer.Get("terminal").Locator(".terminal-screen");
        await Eventually.TrueAsync(
            "both corners of the screen can be seen",
            () => screen.EvaluateAsync<bool>(
                """
                pane => {
                  const inside = (x, y) => {
                    const room = pane.getBoundingClientRect();
                    return x >= room.left - 1 && x <= room.right + 1 && y >= room.top - 1 && y <= room.bottom + 1;
                  };
                  const grid = () => pane.querySelector('.xterm-rows').getBoundingClientRect();
                  pane.scrollTo(pane.scrollWidth, pane.scrollHeight);
                  const last = inside(grid().right, grid().bottom);
                  pane.scrollTo(0, 0);
                  return last && inside(grid().left, grid().top);
                }
                """));
        Assert.True(await viewer.Page.EvaluateAsync<bool>(
            "document.documentElement.scrollWidth <= document.documentElement.clientWidth"));
    }

    private Task RunAsync(
        Func<Viewer, Task> test, Action<BrowserNewContextOptions>? configure = null,
        [System.Runtime.CompilerServices.CallerMemberName] string name = "") =>
        Viewer.RunAsync(chromium, scene, test, configure, name: name);
}
