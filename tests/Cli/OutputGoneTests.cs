using System.Text;
using Realtime.Tests.EndToEnd;

namespace Realtime.Tests.Cli;

/// <summary>
/// Whoever reads our output may leave (<c>| head -1</c>): no word about it, and nothing that matters is left undone.
/// </summary>
public sealed class OutputGoneTests(SharedSystem shared) : IClassFixture<SharedSystem>, IAsyncLifetime
{
    // A pipe whose reader is gone before the tool begins.
    private const string Closed = "exec 3> >(exit 0); wait $!; ";

    private readonly CliScene _scene = CliScene.On(shared);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _scene.DisposeAsync();

    [Theory]
    [InlineData("--help")]
    [InlineData("exec --help")]
    [InlineData("--version")]
    [InlineData("token")]
    [InlineData("watch --task t")]
    [InlineData("tail --last 2 --no-follow")]
    [InlineData("tail --last 2 --no-follow --json")]
    public async Task It_ends_quietly(string command)
    {
        _scene.Environment["REALTIME_SIGNING_KEY"] = _scene.SigningKey;
        await PublishAsync(2);
        await _scene.RunAsync("hello"u8.ToArray(), "pipe", "--task", "t");
        await using CliRun run = await _scene.RunScriptAsync($"{Closed}$RT {command} >&3");

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
    }

    [Fact]
    public async Task Errors_that_nobody_hears_do_not_change_the_exit_code()
    {
        await using CliRun run = await _scene.RunScriptAsync(
            $"{Closed}$RT watch --task nobody 2>&3; echo $?; $RT bogus 2>&3; echo $?");

        Assert.Equal("1\n2\n", run.Output);
    }

    [Fact]
    public async Task Publishing_goes_on()
    {
        string file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, Events(2500));
        await using CliRun run = await _scene.RunScriptAsync($"{Closed}$RT publish --file {file} >&3");
        File.Delete(file);
        await using CliRun tail = await _scene.RunAsync("tail", "--last", "3000", "--no-follow", "--json");

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        Assert.Equal(2500, tail.Output.Count(character => character == '\n'));
    }

    private async Task PublishAsync(int count)
    {
        await using CliRun run = await _scene.RunAsync(Encoding.UTF8.GetBytes(Events(count)), "publish", "--file", "-");
        Assert.Equal(0, run.ExitCode);
    }

    private static string Events(int count) => string.Concat(
        Enumerable.Range(1, count).Select(n => $$"""{"channel":"tasks","type":"step","payload":{{n}}}""" + "\n"));
}
