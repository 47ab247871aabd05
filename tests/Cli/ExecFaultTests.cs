using Realtime.Tests.EndToEnd;
using Realtime.Tests.Support;

namespace Realtime.Tests.Cli;

/// <summary><c>realtime exec</c> while the server is away: the command goes on, and its output follows.</summary>
public sealed class ExecFaultTests(SharedSystem shared) : IClassFixture<SharedSystem>, IAsyncLifetime
{
    private readonly CliScene _scene = CliScene.On(shared);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _scene.DisposeAsync();

    [Fact]
    public async Task Away_at_the_start_and_back_after_the_command_has_ended()
    {
        _scene.Proxy.Refuse(true);
        await using CliRun run = _scene.Start("exec", "--task", "t", "--", "sh", "-c", "seq 1 5000; exit 5");
        await Eventually.TrueAsync(
            "the command has ended and its output waits", () => run.Errors.Contains("sending what was kept"),
            TimeSpan.FromSeconds(20), () => run.Errors);
        Assert.Contains("Output is kept", run.Errors);
        _scene.Proxy.Refuse(false);

        Assert.Equal(5, await run.ExitAsync());
        Assert.Contains("the server is back", run.Errors);
        (byte[] bytes, int? exitCode) = (await _scene.TerminalAsync("t"))!.Value;
        Assert.Equal(run.OutputBytes, bytes);
        Assert.Equal(5, exitCode);
    }

    [Fact]
    public async Task Away_in_the_middle_and_back_while_the_command_runs()
    {
        await using CliRun run = _scene.Start(
            "exec", "--task", "t", "--spool-bytes", "8MiB", "--", "sh", "-c",
            "echo first; read a; seq 1 300000; echo second; read b; echo third");
        await Eventually.TrueAsync("it runs", async () => (await _scene.TextAsync("t")).Contains("first"));
        _scene.Proxy.Refuse(true);
        _scene.Proxy.Cut();
        await run.Input.WriteAsync("go\n"u8.ToArray());
        await run.Input.FlushAsync();

        // More than memory keeps: the rest of it is in the file.
        await Eventually.TrueAsync(
            "the command has gone on without the server", () => run.Output.Contains("second"),
            TimeSpan.FromSeconds(20), () => run.Errors);
        Assert.DoesNotContain("second", await _scene.TextAsync("t"));
        _scene.Proxy.Refuse(false);
        await Eventually.TrueAsync(
            "viewers have it", async () => (await _scene.TextAsync("t")).Contains("second"), TimeSpan.FromSeconds(30));
        await run.Input.WriteAsync("go\n"u8.ToArray());
        run.Input.Close();

        Assert.Equal(0, await run.ExitAsync());
        Assert.Equal(run.OutputBytes, (await _scene.TerminalAsync("t"))!.Value.Bytes);
    }

    [Fact]
    public async Task A_full_spool_ends_the_recording_and_not_the_command()
    {
        _scene.Proxy.Refuse(true);
        await using CliRun run = _scene.Start(
            "exec", "--task", "t", "--spool-bytes", "10000", "--stall-timeout", "200ms", "--", "sh", "-c",
            "seq 1 20000; echo done; read a; exit 6");
        await Eventually.TrueAsync(
            "the command has gone on", () => run.Output.Contains("done"), TimeSpan.FromSeconds(20), () => run.Errors);
        Assert.Contains("from here on the output is NOT recorded", run.Errors);
        _scene.Proxy.Refuse(false);
        run.Input.Close();

        Assert.Equal(6, await run.ExitAsync());
        (byte[] bytes, int? exitCode) = (await _scene.TerminalAsync("t"))!.Value;
        Assert.Equal(6, exitCode);
        Assert.Equal(run.OutputBytes[..10000], bytes[..10000]);
        string rest = System.Text.Encoding.UTF8.GetString(bytes[10000..]);
        Assert.Equal(
            $"\x18\e[0m\r\n[realtime: {run.OutputBytes.Length - 10000} bytes of output from here on were not recorded: "
            + "the spool is full while the server was away]\r\n",
            rest);
    }

    // A server that is merely slower than the program is no reason to lose anything: the program waits.
    [Fact]
    public async Task A_small_spool_slows_the_command_down_while_the_server_takes_it()
    {
        await using CliRun run = await _scene.RunAsync(
            "exec", "--task", "t", "--spool-bytes", "4096", "--", "seq", "1", "30000");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(run.OutputBytes, (await _scene.TerminalAsync("t"))!.Value.Bytes);
        Assert.EndsWith("30000\r\n", run.Output);
    }

    [Fact]
    public async Task A_server_that_never_comes_back_keeps_the_exit_code_and_waits_no_longer_than_asked()
    {
        _scene.Proxy.Refuse(true);
        await using CliRun run = await _scene.RunAsync(
            "exec", "--task", "t", "--flush-timeout", "200ms", "--", "sh", "-c", "echo out; exit 4");

        Assert.Equal(4, run.ExitCode);
        Assert.Equal("out\r\n", run.Output);
        Assert.Contains("5 bytes of output were NOT sent", run.Errors);
    }

    // Connections stay open, and nothing travels on them: only time tells.
    [Fact]
    public async Task A_silent_network_does_not_hold_the_command_up()
    {
        await using CliRun run = _scene.Start(
            "exec", "--task", "t", "--flush-timeout", "60s", "--", "sh", "-c", "echo first; read a; echo second");
        await Eventually.TrueAsync("it runs", async () => (await _scene.TextAsync("t")).Contains("first"));
        _scene.Proxy.HalfOpen();
        run.Input.Close();
        await Eventually.TrueAsync("the command has gone on", () => run.Output.Contains("second"));

        Assert.Equal(0, await run.ExitAsync());
        Assert.Equal("first\r\nsecond\r\n", await _scene.TextAsync("t"));
    }

    [Fact]
    public async Task Ctrl_C_ends_the_wait_for_the_upload_and_the_exit_code_stays()
    {
        _scene.Proxy.Refuse(true);
        await using CliRun run = _scene.Start(
            "exec", "--task", "t", "--flush-timeout", "10m", "--", "sh", "-c", "echo out; exit 8");
        await Eventually.TrueAsync(
            "it waits", () => run.Errors.Contains("sending what was kept"), TimeSpan.FromSeconds(20), () => run.Errors);
        Signals.Send("INT", run.Pid);

        Assert.Equal(8, await run.ExitAsync());
        Assert.Contains(
            "5 bytes of output were NOT sent: sending was interrupted. The terminal is left open, without exit code 8.",
            run.Errors);
        Assert.DoesNotContain("--flush-timeout", run.Errors);
    }
}
