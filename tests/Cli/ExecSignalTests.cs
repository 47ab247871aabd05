using Realtime.Tests.EndToEnd;
using Realtime.Tests.Support;

namespace Realtime.Tests.Cli;

/// <summary>
/// Signals and <c>realtime exec</c>: what the command inherits, what ends it, and what that is told as.
/// </summary>
public sealed class ExecSignalTests(SharedSystem shared) : IClassFixture<SharedSystem>, IAsyncLifetime
{
    private readonly CliScene _scene = CliScene.On(shared);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _scene.DisposeAsync();

    // Shells ignore SIGINT and SIGQUIT in what they put into the background, and .NET ignores SIGPIPE: the command
    // would inherit both, and Ctrl+C on its terminal, or `yes | head -1`, would not end it.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_command_ignores_no_signal_and_blocks_none(bool isInBackground)
    {
        string[] line = ["exec", "--task", "t", "--", "grep", "-E", "^Sig(Blk|Ign):", "/proc/self/status"];
        await using CliRun run = isInBackground ? _scene.StartInBackground(line) : _scene.Start(line);
        run.Input.Close();

        Assert.Equal(0, await run.ExitAsync());
        Assert.Equal("SigBlk:\t0000000000000000\r\nSigIgn:\t0000000000000000\r\n", run.Output);
    }

    [Fact]
    public async Task Ctrl_C_that_is_typed_ends_the_command_of_a_tool_in_the_background()
    {
        await using CliRun run = _scene.StartInBackground(
            "exec", "--task", "t", "--", "sh", "-c", "echo ready; exec sleep 60");
        await Eventually.TrueAsync("it is ready", () => run.Output.Contains("ready"), detail: () => run.Errors);
        await run.Input.WriteAsync(new byte[] { 3 });
        await run.Input.FlushAsync();

        Assert.Equal(130, await run.ExitAsync());
        Assert.Equal(130, (await _scene.TerminalAsync("t"))!.Value.ExitCode);
    }

    // Whoever presses Ctrl+C in the shell does not mean what runs in the background.
    [Fact]
    public async Task A_tool_in_the_background_goes_on_ignoring_what_it_was_told_to_ignore()
    {
        await using CliRun run = _scene.StartInBackground(
            "exec", "--task", "t", "--", "sh", "-c", "echo ready; read x; echo \"got $x\"");
        await Eventually.TrueAsync("it is ready", () => run.Output.Contains("ready"), detail: () => run.Errors);
        Signals.Send("INT", run.Pid);
        Signals.Send("QUIT", run.Pid);
        await run.Input.WriteAsync("on\n"u8.ToArray());
        run.Input.Close();

        Assert.Equal(0, await run.ExitAsync());
        Assert.Contains("got on", run.Output);
    }

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("QUIT", 131)]
    [InlineData("SEGV", 139)]
    [InlineData("HUP", 129)]
    public async Task Death_by_a_signal_is_128_and_its_number(string signal, int expected)
    {
        await using CliRun run = await _scene.RunAsync(
            "exec", "--task", signal, "--", "sh", "-c", $"ulimit -c 0; kill -{signal} $$");

        Assert.Equal(expected, run.ExitCode);
        Assert.Equal(expected, (await _scene.TerminalAsync(signal))!.Value.ExitCode);
    }

    [Fact]
    public async Task Two_at_one_task_are_told_and_the_commands_go_on()
    {
        await using CliRun first = _scene.Start(
            "exec", "--task", "t", "--no-lease", "--", "sh", "-c", "echo first; read x; echo again; exit 3");
        await Eventually.TrueAsync("the first is seen", async () => await _scene.TextAsync("t") == "first\r\n");
        await using CliRun second = await _scene.RunAsync(
            "exec", "--task", "t", "--no-lease", "--no-end", "--", "echo", "second");
        first.Input.Close();

        Assert.Equal((0, 3), (second.ExitCode, await first.ExitAsync()));
        Assert.Contains("Another producer writes to this terminal", first.Errors);
        Assert.Equal("first\r\nagain\r\n", first.Output);
        Assert.StartsWith("first\r\nsecond\r\n", await _scene.TextAsync("t"));
    }
}
