using System.Text;
using Realtime.Tests.EndToEnd;
using Realtime.Tests.Support;

namespace Realtime.Tests.Cli;

/// <summary><c>realtime exec</c> where nobody sits at a terminal, as in CI.</summary>
public sealed class ExecTests(SharedSystem shared) : IClassFixture<SharedSystem>, IAsyncLifetime
{
    private readonly CliScene _scene = CliScene.On(shared);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _scene.DisposeAsync();

    [Fact]
    public async Task Viewers_see_exactly_what_is_seen_here_and_the_exit_code_is_passed_on()
    {
        await using CliRun run = await _scene.RunAsync(
            "exec", "--task", "t", "--", "sh", "-c", "seq 1 20000; printf '\\033[31mred\\033[0m'; exit 7");

        Assert.True(run.ExitCode == 7, run.Errors);
        string expected = string.Concat(Enumerable.Range(1, 20000).Select(n => $"{n}\r\n")) + "\e[31mred\e[0m";
        Assert.Equal(expected, run.Output);
        (byte[] bytes, int? exitCode) = (await _scene.TerminalAsync("t"))!.Value;
        Assert.Equal(expected, Encoding.UTF8.GetString(bytes));
        Assert.Equal(7, exitCode);
    }

    // The last bytes of a program are the ones that a hang-up could take with it.
    [Fact]
    public async Task The_last_words_of_a_program_that_ends_at_once_are_not_lost()
    {
        for (int i = 0; i < 8; i++)
        {
            await using CliRun run = await _scene.RunAsync(
                "exec", "--task", $"quick-{i}", "--", "sh", "-c", "printf %05000d 7; exit 3");

            Assert.Equal(3, run.ExitCode);
            Assert.Equal(7.ToString("D5000"), run.Output);
            Assert.Equal(7.ToString("D5000"), await _scene.TextAsync($"quick-{i}"));
        }
    }

    [Theory]
    [InlineData(143, "sh", "-c", "kill -TERM $$")]
    [InlineData(137, "sh", "-c", "kill -KILL $$")]
    [InlineData(127, "no-such-command")]
    [InlineData(127, "./no/such/command")]
    [InlineData(126, "/etc/passwd")]
    [InlineData(126, "/tmp")]
    public async Task It_ends_as_shells_do(int expected, params string[] command)
    {
        string task = $"end-{Guid.NewGuid():N}";
        await using CliRun run = await _scene.RunAsync(["exec", "--task", task, "--", .. command]);

        Assert.Equal(expected, run.ExitCode);
        Assert.Equal(expected, (await _scene.TerminalAsync(task))!.Value.ExitCode);
    }

    [Fact]
    public async Task The_program_has_a_terminal_of_the_given_size_and_no_secrets()
    {
        _scene.Environment["REALTIME_SIGNING_KEY"] = "a-key-that-would-make-tokens";
        await using CliRun run = await _scene.RunAsync(
            "exec", "--task", "t", "--size", "97x31", "--", "sh", "-c",
            "test -t 0 && test -t 1 && test -t 2 && stty size; "
            + "echo \"$REALTIME_TASK,$REALTIME_TOKEN,$REALTIME_SIGNING_KEY,\"");

        Assert.Equal("31 97\r\nt,,,\r\n", run.Output);
    }

    [Fact]
    public async Task Input_from_a_pipe_is_typed_and_ends_as_a_file_does()
    {
        await using CliRun lines = await _scene.RunAsync(
            "one\ntwo\nhalf"u8.ToArray(), "exec", "--task", "lines", "--", "cat");

        Assert.Equal(0, lines.ExitCode);
        Assert.Equal("one\r\ntwo\r\nhalf", lines.Output);
    }

    [Fact]
    public async Task What_stands_behind_the_dashes_is_the_commands_own()
    {
        await using CliRun run = await _scene.RunAsync(
            "exec", "--task", "t", "--", "printf", "[%s]", "-v", "--help", "--", "--task", "a b", "@x", "");

        Assert.Equal("[-v][--help][--][--task][a b][@x][]", run.Output);
    }

    [Fact]
    public async Task Without_the_dashes_it_is_125()
    {
        await using CliRun run = await _scene.RunAsync("exec", "--task", "t", "ls");

        Assert.Equal(125, run.ExitCode);
        Assert.Contains("Put -- before the command", run.Errors);
    }

    [Fact]
    public async Task Several_commands_fill_one_terminal()
    {
        await using CliRun one = await _scene.RunAsync("exec", "--task", "t", "--no-end", "--", "echo", "one");
        await using CliRun two = await _scene.RunAsync("exec", "--task", "t", "--", "echo", "two");

        Assert.Equal("one\r\ntwo\r\n", await _scene.TextAsync("t"));
    }

    [Fact]
    public async Task A_refusal_is_heard_before_the_command_begins()
    {
        _scene.Environment["REALTIME_TOKEN"] = _scene.Token("read:*");
        string file = Path.Combine(Path.GetTempPath(), $"realtime-began-{Guid.NewGuid():N}");
        await using CliRun run = await _scene.RunAsync("exec", "--task", "t", "--", "touch", file);

        Assert.Equal(125, run.ExitCode);
        Assert.Contains("forbidden", run.Errors);
        Assert.False(File.Exists(file));
    }

    [Fact]
    public async Task SIGTERM_reaches_the_command_and_its_exit_code_is_told()
    {
        await using CliRun run = _scene.Start(
            "exec", "--task", "t", "--", "sh", "-c",
            "trap 'echo bye; exit 9' TERM; echo ready; while :; do read -r line; done");
        await Eventually.TrueAsync("it is ready", () => run.Output.Contains("ready"), detail: () => run.Errors);
        Signals.Terminate(run.Pid);

        Assert.Equal(9, await run.ExitAsync());
        Assert.Equal("ready\r\nbye\r\n", await _scene.TextAsync("t"));
    }

    // Nobody reads our output any more; the command and its viewers go on.
    [Fact]
    public async Task A_reader_that_leaves_does_not_end_the_command()
    {
        string script = $"dotnet {CliRun.Program} exec --task t -- seq 1 50000 | head -n 1";
        await using var shell = Devhost.Shell.Start(
            string.Concat(_scene.Environment.Select(one => $"export {one.Key}='{one.Value}'\n")) + script);

        await Eventually.TrueAsync(
            "the terminal has ended", async () => (await _scene.TerminalAsync("t"))?.ExitCode == 0,
            TimeSpan.FromSeconds(30), () => shell.All);
        Assert.EndsWith("50000\r\n", await _scene.TextAsync("t"));
    }
}
