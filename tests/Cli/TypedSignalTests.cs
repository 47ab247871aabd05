using Realtime.Cli.Terminals;
using Realtime.Tests.EndToEnd;
using Realtime.Tests.Support;

namespace Realtime.Tests.Cli;

/// <summary>Signals and keys at a terminal: whose they are, and what the terminal is like afterwards.</summary>
public sealed class TypedSignalTests(SharedSystem shared) : IClassFixture<SharedSystem>, IAsyncLifetime
{
    private static readonly TerminalSize Size = new(91, 33);

    private readonly CliScene _scene = CliScene.On(shared);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _scene.DisposeAsync();

    [Fact]
    public async Task What_is_typed_while_the_rest_is_sent_is_the_shells()
    {
        _scene.Proxy.Refuse(true);
        using TypedTerminal terminal = TypedTerminal.Run(
            _scene.Environment, Size,
            "$RT exec --task t --flush-timeout 10m -- sh -c 'seq 1 5000'; read x; echo \"the shell got $x\"");
        await terminal.SeesAsync("sending what was kept");
        await terminal.TypeAsync("secret\r");
        _scene.Proxy.Refuse(false);

        await terminal.SeesAsync("the shell got secret");
        Assert.Equal(0, await terminal.ExitAsync());
    }

    [Fact]
    public async Task Quitting_watch_leaves_the_terminal_as_it_was()
    {
        await _scene.RunAsync("\e[?25lfull screen"u8.ToArray(), "pipe", "--task", "vi", "--no-end");
        using TypedTerminal terminal = TypedTerminal.Run(
            _scene.Environment, Size,
            "ulimit -c 0; a=$(stty -g); $RT watch --task vi; echo \"code $?\"; "
            + "test \"$a\" = \"$(stty -g)\" && echo same");
        await terminal.SeesAsync("full screen");
        await terminal.TypeAsync("\x1c");

        await terminal.SeesAsync("code 131");
        await terminal.ExitAsync();
        Assert.Contains("same", terminal.Shown);
        Assert.Contains("\e[?25h", terminal.Shown);
    }

    [Theory]
    [InlineData("USR1", 138)]
    [InlineData("ALRM", 142)]
    public async Task A_signal_that_ends_the_tool_at_once_leaves_the_terminal_as_it_was(string signal, int expected)
    {
        using TypedTerminal terminal = TypedTerminal.Run(
            _scene.Environment, Size,
            "a=$(stty -g); $RT exec --task t -- sh -c 'stty raw; echo \"tool $PPID.\"; read x'; echo \"code $?\"; "
            + "test \"$a\" = \"$(stty -g)\" && echo same");
        await terminal.SeesAsync(".");
        int pid = int.Parse(terminal.Shown[(terminal.Shown.IndexOf("tool ") + 5)..].Split('.')[0]);
        Signals.Send(signal, pid);

        await terminal.SeesAsync($"code {expected}");
        await terminal.ExitAsync();
        Assert.Contains("same", terminal.Shown);
    }

    [Fact]
    public async Task A_command_that_comes_from_the_background_gets_the_keys()
    {
        using TypedTerminal terminal = TypedTerminal.Run(
            _scene.Environment, Size,
            "set -m; $RT exec --task t -- sh -c 'stty raw; echo ready; "
            + "x=$(dd bs=1 count=1 2>/dev/null); echo \"got [$x]\"' & "
            + "read x; fg >/dev/null; echo \"code $?\"");
        await terminal.SeesAsync("ready");
        await terminal.TypeAsync("\r");
        await terminal.TypeAsync("k");

        await terminal.SeesAsync("got [k]");
        await terminal.SeesAsync("code 0");
        await terminal.ExitAsync();
    }

    // Somebody stops the tool from elsewhere; the shell takes the terminal meanwhile, with modes of its own.
    [Fact]
    public async Task A_tool_that_was_stopped_and_goes_on_has_the_keys_again()
    {
        using TypedTerminal terminal = TypedTerminal.Run(
            _scene.Environment, Size,
            "set -m; m=$(stty -g); $RT exec --task t -- sh -c 'stty raw; echo \"tool $PPID.\"; "
            + "x=$(dd bs=1 count=1 2>/dev/null); echo \"got [$x]\"'; stty \"$m\"; echo stopped; read x; fg >/dev/null; "
            + "echo \"code $?\"; test \"$m\" = \"$(stty -g)\" && echo same");
        await terminal.SeesAsync(".");
        Signals.Stop(int.Parse(terminal.Shown[(terminal.Shown.IndexOf("tool ") + 5)..].Split('.')[0]));
        await terminal.SeesAsync("stopped");
        await terminal.TypeAsync("\r");
        await terminal.TypeAsync("k");

        await terminal.SeesAsync("got [k]");
        await terminal.SeesAsync("code 0");
        await terminal.ExitAsync();
        Assert.Contains("same", terminal.Shown);
    }
}
