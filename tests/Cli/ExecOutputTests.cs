using System.Diagnostics;
using Realtime.Tests.EndToEnd;
using Realtime.Tests.Support;

namespace Realtime.Tests.Cli;

/// <summary><c>realtime exec</c>: all that the command says is seen and recorded, whoever is slow.</summary>
public sealed class ExecOutputTests(SharedSystem shared) : IClassFixture<SharedSystem>, IAsyncLifetime
{
    private readonly CliScene _scene = CliScene.On(shared);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _scene.DisposeAsync();

    // More than fits into the pipe, less than pipe and terminal hold: the command is gone before somebody reads.
    [Theory]
    [InlineData(11000)]
    [InlineData(12000)]
    [InlineData(11500)]
    public async Task A_reader_that_pauses_gets_all_of_it_and_so_do_viewers(int lines)
    {
        string file = Path.Combine(Path.GetTempPath(), $"realtime-ended-{Guid.NewGuid():N}");
        await using CliRun run = await _scene.RunScriptAsync(
            $"$RT exec --task t --stall-timeout 1ms -- sh -c 'seq 1 {lines}; echo over >{file}' "
            + $"| {{ {{ until test -s {file}; do :; done; }}; cat; }}; rm -f {file}");

        string expected = string.Concat(Enumerable.Range(1, lines).Select(n => $"{n}\r\n"));
        Assert.Equal(expected, run.Output);
        Assert.Equal(expected, await _scene.TextAsync("t"));
    }

    [Fact]
    public async Task A_program_that_lets_go_of_its_terminal_may_open_it_again()
    {
        await using CliRun run = await _scene.RunAsync(
            "exec", "--task", "t", "--", "sh", "-c",
            "exec </dev/null >/dev/null 2>&1; sleep 0.3; seq 1 30000 >/dev/tty; exit 4");

        Assert.Equal(4, run.ExitCode);
        Assert.EndsWith("30000\r\n", run.Output);
        Assert.Equal(run.Output, await _scene.TextAsync("t"));
    }

    [Theory]
    [InlineData("sleep 60")]
    [InlineData("yes")]
    public async Task One_that_stays_behind_with_the_terminal_is_not_waited_for(string left)
    {
        long began = Stopwatch.GetTimestamp();
        await using CliRun run = await _scene.RunAsync(
            "exec", "--task", "t", "--", "sh", "-c", $"trap '' HUP; echo begun; {left} & echo \"pid $!.\"; exit 3");
        int pid = int.Parse(run.Output[(run.Output.IndexOf("pid ") + 4)..].Split('.')[0]);

        Assert.Equal(3, run.ExitCode);
        Assert.InRange(Stopwatch.GetElapsedTime(began), TimeSpan.Zero, TimeSpan.FromSeconds(12));
        Assert.Equal(3, (await _scene.TerminalAsync("t"))!.Value.ExitCode);
        if (Signals.IsAlive(pid))
        {
            Signals.Kill(pid);
        }
    }

    // Memory is full, and the file can't be made: the command goes on all the same.
    [Fact]
    public async Task A_spool_that_can_t_be_written_ends_the_recording_and_not_the_command()
    {
        _scene.Environment["TMPDIR"] = "/sys";
        _scene.Proxy.Refuse(true);
        await using CliRun run = await _scene.RunAsync(
            "exec", "--task", "t", "--flush-timeout", "10ms", "--", "sh", "-c", "seq 1 300000; exit 5");

        Assert.Equal(5, run.ExitCode);
        Assert.EndsWith("300000\r\n", run.Output);
        Assert.Contains("NOT recorded", run.Errors);
    }

    [Fact]
    public async Task A_line_of_input_that_a_terminal_would_cut_is_told()
    {
        await using CliRun run = await _scene.RunAsync(
            [.. Enumerable.Repeat((byte)'x', 10_000), (byte)'\n'], "exec", "--task", "t", "--", "wc", "-c");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("a terminal cuts lines after 4095 bytes", run.Errors);
    }

    // As many bytes each: where the terminal ends tells the later one nothing.
    [Fact]
    public async Task Two_that_began_at_the_same_end_are_told()
    {
        string[] begun = [.. Enumerable.Range(0, 2).Select(
            n => Path.Combine(Path.GetTempPath(), $"realtime-begun-{n}-{Guid.NewGuid():N}"))];
        CliRun Start(string file, string text) => _scene.Start(
            "exec", "--task", "t", "--no-lease", "--no-end", "--", "sh", "-c",
            $"touch {file}; read x; echo {text}; exit 7");
        await using CliRun one = Start(begun[0], "from-1");
        await using CliRun two = Start(begun[1], "from-2");
        await Eventually.TrueAsync("both run", () => begun.All(File.Exists), TimeSpan.FromSeconds(20));
        two.Input.Close();
        Assert.Equal(7, await two.ExitAsync());
        one.Input.Close();

        Assert.Equal(7, await one.ExitAsync());
        Assert.Equal("from-2\r\n", await _scene.TextAsync("t"));
        Assert.Contains("Another producer writes to this terminal", one.Errors);
        Array.ForEach(begun, File.Delete);
    }

    [Fact]
    public async Task A_signal_before_the_start_means_that_it_is_not_started()
    {
        string file = Path.Combine(Path.GetTempPath(), $"realtime-begun-{Guid.NewGuid():N}");
        _scene.Proxy.Refuse(true);
        await using CliRun run = _scene.Start("exec", "--task", "t", "--", "touch", file);
        await Eventually.TrueAsync("it waits for the server", () => run.Errors.Contains("Output is kept"));
        Signals.Terminate(run.Pid);

        Assert.Equal(143, await run.ExitAsync());
        Assert.Contains("not started", run.Errors);
        Assert.False(File.Exists(file));
    }
}
