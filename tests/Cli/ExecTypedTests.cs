using System.Text;
using System.Text.Json;
using Realtime.Cli.Terminals;
using Realtime.Tests.EndToEnd;
using Realtime.Tests.Support;

namespace Realtime.Tests.Cli;

/// <summary><c>realtime exec</c> and <c>watch</c> at a terminal: keys, sizes, and what is left behind.</summary>
public sealed class ExecTypedTests(SharedSystem shared) : IClassFixture<SharedSystem>, IAsyncLifetime
{
    private static readonly TerminalSize Size = new(91, 33);

    private readonly CliScene _scene = CliScene.On(shared);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _scene.DisposeAsync();

    [Fact]
    public async Task Keys_reach_the_command_and_the_modes_are_as_before()
    {
        using TypedTerminal terminal = TypedTerminal.Run(
            _scene.Environment, Size,
            "a=$(stty -g); $RT exec --task t -- sh -c 'echo ready; read x; echo \"got $x\"; exit 5'; c=$?; "
            + "test \"$a\" = \"$(stty -g)\" && echo same; exit $c");
        await terminal.SeesAsync("ready");
        await terminal.TypeAsync("hello\r");

        Assert.Equal(5, await terminal.ExitAsync());
        Assert.Contains("got hello", terminal.Shown);
        Assert.Contains("same", terminal.Shown);
        Assert.Equal("ready\r\nhello\r\ngot hello\r\n", await _scene.TextAsync("t"));
    }

    [Fact]
    public async Task Ctrl_C_is_the_commands_and_its_exit_code_is_130()
    {
        using TypedTerminal terminal = TypedTerminal.Run(
            _scene.Environment, Size, "$RT exec --task t -- sh -c 'echo ready; exec sleep 60'; echo \"code $?\"");
        await terminal.SeesAsync("ready");
        await terminal.TypeAsync("\x03");

        await terminal.SeesAsync("code 130");
        await terminal.ExitAsync();
        Assert.Equal(130, (await _scene.TerminalAsync("t"))!.Value.ExitCode);
    }

    [Fact]
    public async Task The_command_sees_the_size_and_its_changes()
    {
        using TypedTerminal terminal = TypedTerminal.Run(
            _scene.Environment, Size,
            "$RT exec --task t -- bash -c 'trap \"echo now \\$(stty size)\" WINCH; echo at $(stty size); "
            + "until read -r -t 0.1 x; do :; done'");
        await terminal.SeesAsync("at 33 91");
        terminal.Resize(new TerminalSize(70, 20));
        await terminal.SeesAsync("now 20 70");
        await terminal.TypeAsync("\r");

        Assert.Equal(0, await terminal.ExitAsync());
        Assert.Contains("now 20 70", await _scene.TextAsync("t"));
    }

    [Fact]
    public async Task Viewers_are_told_each_size_before_what_was_written_for_it()
    {
        using TypedTerminal terminal = TypedTerminal.Run(
            _scene.Environment, Size,
            "$RT exec --task t -- bash -c 'trap \"echo now \\$(stty size)\" WINCH; echo at $(stty size); "
            + "until read -r -t 0.1 x; do :; done'");
        await terminal.SeesAsync("at 33 91");
        await Eventually.TrueAsync("it is sent", async () => (await _scene.TextAsync("t")).Contains("at 33 91"));
        using Conversation viewer = await _scene.WatchAsync("t");
        var story = new StringBuilder();
        Read(await viewer.NextAsync("subscribed"), story);
        foreach ((TerminalSize size, string shown) in new[]
        {
            (new TerminalSize(70, 20), "now 20 70"), (new TerminalSize(131, 50), "now 50 131"),
        })
        {
            terminal.Resize(size);
            while (!story.ToString().Contains(shown))
            {
                Read(await viewer.NextAsync("terminal"), story);
            }
        }

        await terminal.TypeAsync("\r");
        Assert.Equal(0, await terminal.ExitAsync());
        Assert.Equal(
            "[91x33]at 33 91\r\n[70x20]now 20 70\r\n[131x50]now 50 131",
            story.ToString().TrimEnd());
    }

    // Sizes in brackets between the bytes; one that is told again at its place changes nothing.
    private static void Read(JsonElement message, StringBuilder story)
    {
        foreach (string name in new[] { "size", "resize" })
        {
            if (message.TryGetProperty(name, out JsonElement size))
            {
                string text = $"[{size.GetProperty("cols")}x{size.GetProperty("rows")}]";
                story.Append(story.ToString().EndsWith(text) ? string.Empty : text);
            }
        }

        if (message.TryGetProperty("data", out JsonElement data))
        {
            story.Append(Encoding.UTF8.GetString(data.GetBytesFromBase64()));
        }
    }

    [Fact]
    public async Task What_the_tool_has_to_say_waits_until_the_command_has_left_the_terminal()
    {
        using TypedTerminal terminal = TypedTerminal.Run(
            _scene.Environment, Size, "$RT exec --task t -- sh -c 'echo ready; read x; echo more; sleep 1; echo last'");
        await terminal.SeesAsync("ready");
        await Eventually.TrueAsync("it is sent", async () => (await _scene.TextAsync("t")).Contains("ready"));
        _scene.Proxy.Refuse(true);
        _scene.Proxy.Cut();
        await terminal.TypeAsync("\r");
        await terminal.SeesAsync("Output is kept");
        _scene.Proxy.Refuse(false);

        Assert.Equal(0, await terminal.ExitAsync());
        Assert.True(
            terminal.Shown.IndexOf("Output is kept") > terminal.Shown.IndexOf("last"), terminal.Shown);
        await Eventually.TrueAsync("it is sent", async () => (await _scene.TextAsync("t")).Contains("last"));
    }

    [Fact]
    public async Task The_late_upload_shows_a_bar()
    {
        _scene.Proxy.Refuse(true);
        using TypedTerminal terminal = TypedTerminal.Run(
            _scene.Environment, Size, "$RT exec --task t -- sh -c 'seq 1 20000 | tail -c 50000; exit 3'; exit $?");
        await terminal.SeesAsync("sending what was kept");
        await terminal.SeesAsync("0%");
        _scene.Proxy.Refuse(false);

        Assert.Equal(3, await terminal.ExitAsync());
        Assert.True((await _scene.TextAsync("t")).EndsWith("20000\r\n"), terminal.Shown);
    }

    [Fact]
    public async Task A_watched_program_that_was_cut_off_leaves_no_modes_behind_and_Ctrl_C_is_130()
    {
        await _scene.RunAsync("\e[?1049h\e[?25l\e[31mfull screen"u8.ToArray(), "pipe", "--task", "vi", "--no-end");
        using TypedTerminal terminal = TypedTerminal.Run(
            _scene.Environment, Size,
            "a=$(stty -g); $RT watch --task vi; echo \"code $?\"; test \"$a\" = \"$(stty -g)\" && echo same");
        await terminal.SeesAsync("full screen");
        await terminal.TypeAsync("\x03");

        await terminal.SeesAsync("code 130");
        await terminal.SeesAsync("same");
        Assert.Contains("\e[?25h", terminal.Shown);
        Assert.Contains("\e[?1049l", terminal.Shown);
        await terminal.ExitAsync();
    }
}
