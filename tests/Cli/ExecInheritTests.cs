using Realtime.Cli.Terminals;
using Realtime.Tests.EndToEnd;

namespace Realtime.Tests.Cli;

/// <summary><c>realtime exec</c>: the command has what it would have without it.</summary>
public sealed class ExecInheritTests(SharedSystem shared) : IClassFixture<SharedSystem>, IAsyncLifetime
{
    private static readonly TerminalSize Size = new(91, 33);

    private readonly CliScene _scene = CliScene.On(shared);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _scene.DisposeAsync();

    // The shell stays: the limit is asked of whoever started the tool.
    [Fact]
    public async Task Broken_pipes_and_the_limit_of_open_files_are_as_outside()
    {
        await using CliRun run = await _scene.RunScriptAsync(
            "ulimit -Sn 777; $RT exec --task t -- bash -c 'yes | head -1; echo ${PIPESTATUS[@]}; ulimit -Sn'; exit $?");

        Assert.Equal("y\r\n141 0\r\n777\r\n", run.Output);
    }

    [Fact]
    public async Task The_environment_is_handed_down_byte_for_byte()
    {
        await using CliRun run = await _scene.RunScriptAsync(
            "f() { echo hello from f; }; export -f f; "
            + "exec env 'a.b=1' 'x-y=2' $'bytes=\\xff' $RT exec --task t -- "
            + "bash -c 'f; "
            + "tr \"\\0\" \"\\n\" </proc/$$/environ | grep -aE \"^(a.b|x-y)=\"; "
            + "printf %s \"$bytes\" | od -An -tx1'");

        Assert.Equal("hello from f\r\na.b=1\r\nx-y=2\r\n ff\r\n", run.Output);
    }

    [Fact]
    public async Task A_script_that_names_no_interpreter_is_the_shells()
    {
        string file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "echo \"$1\"; exit 9\n");
        await using CliRun run = await _scene.RunScriptAsync($"chmod +x {file}; $RT exec --task t -- {file} word");
        File.Delete(file);

        Assert.Equal((9, "word\r\n"), (run.ExitCode, run.Output));
    }

    [Fact]
    public async Task The_exit_code_is_passed_on_though_ended_children_are_ignored_outside()
    {
        await using CliRun run = await _scene.RunScriptAsync(
            "exec env --ignore-signal=CHLD $RT exec --task t -- sh -c 'exit 7'");

        Assert.Equal(7, run.ExitCode);
    }

    [Fact]
    public async Task A_terminal_is_for_UTF_8_where_there_is_none_to_copy()
    {
        await using CliRun run = await _scene.RunAsync("exec", "--task", "t", "--", "stty", "-a");

        Assert.Contains(" iutf8", run.Output);
        Assert.DoesNotContain("-iutf8", run.Output);
    }

    [Fact]
    public async Task Its_terminal_has_the_modes_of_the_local_one()
    {
        using TypedTerminal terminal = TypedTerminal.Run(
            _scene.Environment, Size,
            "stty erase '^H' intr '^G' -iutf8; a=$(stty -g); "
            + "$RT exec --task t -- sh -c \"test $a = \\$(stty -g) && echo same\"");

        Assert.Equal(0, await terminal.ExitAsync());
        Assert.Contains("same\r\n", terminal.Shown);
    }
}
