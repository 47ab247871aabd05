using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Microsoft.Playwright;
using Realtime.Tests.Browser.Support;
using Realtime.Tests.Conformance;
using Realtime.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Realtime.Tests.Browser;

/// <summary>What one can do with a terminal: hold it, search it, take it along.</summary>
[Collection(BrowserCollection.Name)]
public sealed class TerminalToolsTests(Chromium chromium, ConformanceScene scene)
{
    private const string FewLines = "few lines\n";
    private const int WindowBytes = 262_144;

    [Fact]
    public Task Credit_goes_back_only_for_what_is_on_the_screen() => RunAsync(async viewer =>
    {
        ConcurrentQueue<string> sent = RecordSent(viewer);
        string first = Lines(200);
        await OpenAsync(viewer, first);
        await viewer.Get("terminal").Locator(".xterm-screen").HoverAsync();
        await viewer.Page.Mouse.WheelAsync(0, -1_000);
        await Expect(viewer.Get("jump-to-live")).ToBeVisibleAsync();

        string more = Lines(60_000);
        await viewer.Agents.WriteAsync("t1", more + "the end\n");
        await Expect(viewer.Get("terminal-behind")).ToContainTextAsync("KiB behind");
        Assert.All(Acknowledged(sent), offset => Assert.InRange(offset, 0, first.Length));

        await viewer.Get("jump-to-live").ClickAsync();
        await Expect(viewer.Get("terminal")).ToContainTextAsync("the end");
        await Eventually.TrueAsync(
            "what was shown is acknowledged",
            () => Acknowledged(sent).LastOrDefault() > first.Length + more.Length - WindowBytes / 8);
        await Expect(viewer.Get("terminal-behind")).ToHaveCountAsync(0);
    });

    [Fact]
    public Task Paused_it_is_sent_nothing_and_tells_how_much_is_behind() => RunAsync(async viewer =>
    {
        ConcurrentQueue<string> sent = RecordSent(viewer);
        await OpenAsync(viewer, FewLines);
        await viewer.Get("terminal-pause").ClickAsync();
        await Expect(viewer.Get("terminal-standing")).ToContainTextAsync("paused");
        await viewer.Agents.WriteAsync("t1", new string('x', 10_230) + "\nthe end\n");
        await Expect(viewer.Get("terminal-standing")).ToHaveTextAsync("paused · 10.0 KiB behind");
        await Expect(viewer.Get("terminal")).Not.ToContainTextAsync("the end");
        Assert.Contains(sent, message => message.Contains("\"pause\"", StringComparison.Ordinal));

        await viewer.Get("terminal").Locator(".xterm-screen").ClickAsync();
        await viewer.Page.Keyboard.PressAsync("p");
        await Expect(viewer.Get("terminal")).ToContainTextAsync("the end");
        await Expect(viewer.Get("terminal-standing")).ToHaveTextAsync("following");
        Assert.Contains(sent, message => message.Contains("\"resume\"", StringComparison.Ordinal));
    });

    [Fact]
    public Task Who_is_far_behind_is_brought_to_live_by_the_tail() => RunAsync(async viewer =>
    {
        await OpenAsync(viewer, FewLines);
        await viewer.Get("terminal-pause").ClickAsync();
        for (int part = 0; part < 4; part++)
        {
            await viewer.Agents.WriteAsync("t1", Lines(60_000));
        }

        await viewer.Agents.WriteAsync("t1", "the end\n");
        await Expect(viewer.Get("terminal-behind")).ToContainTextAsync("MiB behind");
        await viewer.Get("terminal").Locator(".xterm-screen").ClickAsync();
        await viewer.Page.Keyboard.PressAsync("End");
        await Expect(viewer.Get("terminal")).ToContainTextAsync("the end");
        await Expect(viewer.Get("terminal-all")).ToContainTextAsync("MiB before");
        await Expect(viewer.Get("terminal-pause")).ToHaveAttributeAsync("aria-pressed", "false");
    });

    [Fact]
    public Task It_is_searched_by_keyboard() => RunAsync(async viewer =>
    {
        await OpenAsync(viewer, $"Error one\n{Lines(100)}error two\n{Lines(100)}an error\n{Lines(100)}");
        await viewer.Get("terminal").Locator(".xterm-screen").ClickAsync();
        await viewer.Page.Keyboard.PressAsync("f");
        await Expect(viewer.Get("find-input")).ToBeFocusedAsync();
        await viewer.Page.Keyboard.TypeAsync("error");
        ILocator count = viewer.Get("find-count");
        await Expect(count).ToContainTextAsync("of 3");
        string before = await count.InnerTextAsync();
        await viewer.Page.Keyboard.PressAsync("Enter");
        await Expect(count).Not.ToHaveTextAsync(before);
        await viewer.Page.Keyboard.PressAsync("Shift+Enter");
        await Expect(count).ToHaveTextAsync(before);

        await viewer.Get("find-case").ClickAsync();
        await Expect(count).ToContainTextAsync("of 2");
        await viewer.Get("find-input").FillAsync("Error");
        await Expect(count).ToHaveTextAsync("1 of 1");
        await Expect(viewer.TerminalLines.Filter(new() { HasText = "Error one" })).ToHaveCountAsync(1);
        // A strip that comes and goes below changes the terminal's size, not the place in what was found.
        await viewer.Get("find-input").FillAsync("line 1");
        await Expect(count).ToContainTextAsync("1 of ");
        await viewer.Get("terminal-download").ClickAsync();
        await Expect(viewer.Get("download-state")).ToHaveAttributeAsync("data-state", "done");
        await viewer.Get("find-input").PressAsync("Enter");
        await Expect(count).ToContainTextAsync("2 of ");

        await viewer.Get("find-input").FillAsync("not there");
        await Expect(count).ToHaveTextAsync("nothing found");

        await viewer.Get("find-input").PressAsync("Escape");
        await Expect(viewer.Get("find-input")).ToHaveCountAsync(0);
        await Expect(viewer.Get("detail")).ToBeVisibleAsync();
        await viewer.Page.Keyboard.PressAsync("Control+f");
        await Expect(viewer.Get("find-input")).ToBeFocusedAsync();
    });

    [Fact]
    public Task The_whole_log_is_downloaded_byte_for_byte() => RunAsync(async viewer =>
    {
        string log = $"\u001b[31mGrüße\u001b[0m\r\n{Lines(30_000)}\u0000\u001b[?1049h the end";
        await OpenAsync(viewer, log);
        IDownload download = await viewer.Page.RunAndWaitForDownloadAsync(
            () => viewer.Get("terminal-download").ClickAsync());
        Assert.Equal("t1.log", download.SuggestedFilename);
        Assert.Equal(Encoding.UTF8.GetBytes(log), await File.ReadAllBytesAsync(await download.PathAsync()));
        await Expect(viewer.Get("download-state")).ToHaveAttributeAsync("data-state", "done");
        await Expect(viewer.Get("download-state")).ToContainTextAsync("Downloaded ");

        await viewer.Page.RouteAsync("**/v1/tasks/**", route => route.FulfillAsync(new() { Status = 404 }));
        await viewer.Get("terminal-download").ClickAsync();
        await Expect(viewer.Get("download-state"))
            .ToContainTextAsync("The download failed: This terminal is no longer kept.");
    });

    [Fact]
    public Task What_is_selected_is_copied_else_all_and_an_event_as_JSON() => RunAsync(async viewer =>
    {
        await viewer.Page.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        await OpenAsync(viewer, $"one\n{new string('w', 300)}\ntwo\n");
        await viewer.Get("terminal-copy").ClickAsync();
        await Expect(viewer.Get("terminal-copy")).ToHaveTextAsync("Copied");
        Assert.Equal($"one\n{new string('w', 300)}\ntwo\n", await ClipboardAsync(viewer));

        await viewer.TerminalLines.Nth(0)
            .ClickAsync(new() { ClickCount = 2, Position = new() { X = 8, Y = 6 }, Force = true });
        await viewer.Get("terminal-copy").ClickAsync();
        await Eventually.TrueAsync("the word is copied", async () => await ClipboardAsync(viewer) == "one");

        await viewer.Agents.SayAsync("a1", "hello");
        await Expect(viewer.Messages).ToHaveTextAsync(["hello"]);
        await viewer.Get("timeline-event").First.GetByRole(AriaRole.Button).First.ClickAsync();
        await Expect(viewer.Get("event-times")).ToContainTextAsync("stored");
        await viewer.Get("copy-event").ClickAsync();
        await Expect(viewer.Get("copy-event")).ToHaveTextAsync("Copied");
        using JsonDocument copied = JsonDocument.Parse(await ClipboardAsync(viewer));
        Assert.Equal("hello", copied.RootElement.GetProperty("payload").GetProperty("text").GetString());
    });

    [Fact]
    public Task A_flood_of_lines_leaves_the_page_usable() => RunAsync(async viewer =>
    {
        await OpenAsync(viewer, FewLines);

        // It goes on until the page has answered the reader, however long that takes.
        using var answered = new CancellationTokenSource();
        Task flood = FloodAsync(viewer, answered.Token);
        await Expect(viewer.Get("terminal-full")).ToContainTextAsync("last 10,000 lines");
        await viewer.Get("theme").ClickAsync();
        await Expect(viewer.Get("theme")).ToHaveAttributeAsync("data-theme-now", "light");
        await viewer.Get("search").PressSequentiallyAsync("nobody");
        await Expect(viewer.Get("empty-filter")).ToBeVisibleAsync();
        await viewer.Agents.StatusAsync("a1", "waiting", "t1");
        await Expect(viewer.Get("detail-status")).ToHaveAttributeAsync("data-status", "waiting");
        await viewer.Get("terminal-pause").ClickAsync();
        await Expect(viewer.Get("terminal-standing")).ToContainTextAsync("paused");
        Assert.False(flood.IsCompleted);
        await answered.CancelAsync();
        await flood;

        await viewer.Get("jump-to-live").ClickAsync();
        await Expect(viewer.Get("terminal")).ToContainTextAsync("the end of the flood");
    });

    private static async Task FloodAsync(Viewer viewer, CancellationToken stopping)
    {
        string lines = Lines(20_000);
        while (!stopping.IsCancellationRequested)
        {
            await viewer.Agents.WriteAsync("t1", lines);
        }

        await viewer.Agents.WriteAsync("t1", "the end of the flood\n");
    }

    private static async Task OpenAsync(Viewer viewer, string output)
    {
        await viewer.Agents.StatusAsync("a1", "working", "t1");
        await viewer.Agents.WriteAsync("t1", output);
        await viewer.SignInAsync("#/agents/a1");
        await Expect(viewer.Get("terminal")).ToHaveAttributeAsync("data-state", "shown");
    }

    private static string Lines(int count) =>
        string.Concat(Enumerable.Range(1, count).Select(number => $"line {number}\n"));

    private static ConcurrentQueue<string> RecordSent(Viewer viewer)
    {
        var sent = new ConcurrentQueue<string>();
        viewer.Page.WebSocket += (_, socket) =>
            socket.FrameSent += (_, frame) => sent.Enqueue(frame.AsJson());
        return sent;
    }

    private static IEnumerable<long> Acknowledged(ConcurrentQueue<string> sent) =>
        from message in sent
        where message.Contains("\"ack\"", StringComparison.Ordinal)
        let body = JsonDocument.Parse(message).RootElement
        where body.TryGetProperty("offset", out _)
        select body.GetProperty("offset").GetInt64();

    private static Task<string> ClipboardAsync(Viewer viewer) =>
        viewer.Page.EvaluateAsync<string>("navigator.clipboard.readText()");

    private Task RunAsync(
        Func<Viewer, Task> test, [System.Runtime.CompilerServices.CallerMemberName] string name = "") =>
        Viewer.RunAsync(chromium, scene, test, name: name);
}
