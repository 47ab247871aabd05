using System.Collections.Concurrent;
using Microsoft.Playwright;
using Realtime.Tests.Browser.Support;
using Realtime.Tests.Conformance;
using Realtime.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Realtime.Tests.Browser;

/// <summary>Several terminals beside each other: pinned, maximised, sent to others, one at a time on a phone.</summary>
[Collection(BrowserCollection.Name)]
public sealed class WallTests(Chromium chromium, ConformanceScene scene)
{
    [Fact]
    public Task Pinned_agents_show_their_terminals_beside_each_other_and_their_address_shows_others_the_same() =>
        RunAsync(async viewer =>
        {
            await FillAsync(viewer, 3);
            await viewer.SignInAsync();
            await viewer.Row("a1").FocusAsync();
            await viewer.Page.Keyboard.PressAsync("v");
            await Expect(viewer.Row("a1").GetByTestId("pinned")).ToBeVisibleAsync();
            await viewer.OpenAsync("a2");
            await viewer.Get("pin").ClickAsync();
            await viewer.Page.Keyboard.PressAsync("g");
            await viewer.Get("wall-add").FillAsync("a3");
            await viewer.Get("wall-add").PressAsync("Enter");
            await Expect(Panes(viewer)).ToHaveCountAsync(3);
            foreach (int n in (int[])[1, 2, 3])
            {
                await Expect(Pane(viewer, $"a{n}").Locator(".xterm-rows")).ToContainTextAsync($"output of a{n}");
            }

            await Expect(viewer.Page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("panes=a1,a2,a3$"));
            string address = new Uri(viewer.Page.Url).Fragment;
            await viewer.TakeAnotherTabAsync();
            await viewer.SignInAsync(address);
            await Expect(Panes(viewer)).ToHaveCountAsync(3);
            await viewer.Agents.WriteAsync("t2", "more of it\r\n");
            await Expect(Pane(viewer, "a2").Locator(".xterm-rows")).ToContainTextAsync("more of it");
        });

    [Fact]
    public Task The_keyboard_moves_maximises_and_takes_off_and_what_is_hidden_is_sent_nothing() =>
        RunAsync(async viewer =>
        {
            ConcurrentQueue<string> sent = RecordSent(viewer);
            await FillAsync(viewer, 3);
            await viewer.SignInAsync("#/wall?panes=a1,a2,a3");
            await Expect(Pane(viewer, "a2").Locator(".xterm-rows")).ToContainTextAsync("output of a2");
            await PressAsync(viewer, "2");
            await Expect(Pane(viewer, "a2").Locator(".xterm-helper-textarea")).ToBeFocusedAsync();
            await PressAsync(viewer, "Shift+ArrowLeft");
            await Expect(Pane(viewer, "a1").Locator(".xterm-helper-textarea")).ToBeFocusedAsync();

            await PressAsync(viewer, "m");
            await Expect(Pane(viewer, "a1")).ToHaveAttributeAsync("data-max", "true");
            await Expect(Pane(viewer, "a2")).ToBeHiddenAsync();
            await Eventually.TrueAsync(
                "the two others are paused",
                () => sent.Count(message => message.Contains("\"pause\"", StringComparison.Ordinal)) == 2);
            await viewer.Agents.WriteAsync("t2", "written unseen\r\n");
            await viewer.Agents.WriteAsync("t1", "written in view\r\n");
            await Expect(Pane(viewer, "a1").Locator(".xterm-rows")).ToContainTextAsync("written in view");
            await Expect(Pane(viewer, "a2").Locator(".xterm-rows")).Not.ToContainTextAsync("written unseen");
            await PressAsync(viewer, "Escape");
            await Expect(Pane(viewer, "a2").Locator(".xterm-rows")).ToContainTextAsync("written unseen");

            await PressAsync(viewer, "1", ">", "x");
            await Expect(Panes(viewer)).ToHaveCountAsync(2);
            await Expect(Pane(viewer, "a1")).ToHaveCountAsync(0);
            await PressAsync(viewer, "Escape");
            await Expect(viewer.Get("wall")).ToHaveCountAsync(0);
        });

    [Fact]
    public Task On_a_phone_one_is_shown_at_a_time_by_tab_and_by_swipe() => RunAsync(
        async viewer =>
        {
            await FillAsync(viewer, 3);
            await viewer.SignInAsync("#/wall?panes=a1,a2,a3");
            await Expect(Pane(viewer, "a1")).ToHaveAttributeAsync("data-hidden", "false");
            await Expect(Pane(viewer, "a2")).ToHaveAttributeAsync("data-hidden", "true");
            await viewer.Get("wall-tab").Nth(2).ClickAsync();
            await Expect(Pane(viewer, "a3")).ToHaveAttributeAsync("data-hidden", "false");
            await Expect(Pane(viewer, "a3")).ToBeInViewportAsync(new() { Ratio = 0.9f });
            await Expect(Pane(viewer, "a3").Locator(".xterm-rows")).ToContainTextAsync("output of a3");

            // As a finger does it: the grid is scrolled, and snaps.
            await viewer.Page.Locator(".wall-grid").EvaluateAsync("grid => grid.scrollBy({ left: -grid.clientWidth })");
            await Expect(Pane(viewer, "a2")).ToHaveAttributeAsync("data-hidden", "false");
            await Expect(Pane(viewer, "a3")).ToHaveAttributeAsync("data-hidden", "true");
            await Expect(viewer.Get("wall-tab").Nth(1)).ToHaveAttributeAsync("aria-pressed", "true");
        },
        options => options.ViewportSize = new() { Width = 390, Height = 844 });

    private static ILocator Panes(Viewer viewer) => viewer.Get("wall-pane");

    private static ILocator Pane(Viewer viewer, string agent) =>
        viewer.Page.Locator($"[data-testid='wall-pane'][data-agent='{agent}']");

    private static async Task FillAsync(Viewer viewer, int count)
    {
        for (int n = 1; n <= count; n++)
        {
            await viewer.Agents.StatusAsync($"a{n}", "working", $"t{n}");
            await viewer.Agents.WriteAsync($"t{n}", $"output of a{n}\r\n");
        }
    }

    private static ConcurrentQueue<string> RecordSent(Viewer viewer)
    {
        var sent = new ConcurrentQueue<string>();
        viewer.Page.WebSocket += (_, socket) => socket.FrameSent += (_, frame) => sent.Enqueue(frame.AsJson());
        return sent;
    }

    private static async Task PressAsync(Viewer viewer, params string[] keys)
    {
        foreach (string key in keys)
        {
            await viewer.Page.Keyboard.PressAsync(key);
        }
    }

    private Task RunAsync(
        Func<Viewer, Task> test, Action<BrowserNewContextOptions>? configure = null,
        [System.Runtime.CompilerServices.CallerMemberName] string name = "") =>
        Viewer.RunAsync(chromium, scene, test, configure, name: name);
}
