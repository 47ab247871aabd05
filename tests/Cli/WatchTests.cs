using Realtime.Tests.EndToEnd;
using Realtime.Tests.Support;

namespace Realtime.Tests.Cli;

/// <summary><c>realtime watch</c>: where it begins, and how it ends.</summary>
public sealed class WatchTests(SharedSystem shared) : IClassFixture<SharedSystem>, IAsyncLifetime
{
    private readonly CliScene _scene = CliScene.On(shared);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _scene.DisposeAsync();

    [Theory]
    [InlineData("start", "0123456789")]
    [InlineData("tail:3", "789")]
    [InlineData("4", "456789")]
    public async Task It_begins_where_it_is_told(string from, string expected)
    {
        await _scene.RunAsync("0123456789"u8.ToArray(), "pipe", "--task", "t", "--exit-code", "9");
        await using CliRun run = await _scene.RunAsync("watch", "--task", "t", "--from", from);

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(expected, run.Output);
        Assert.Equal(string.Empty, run.Errors);
    }

    [Fact]
    public async Task It_begins_at_an_offset_of_its_epoch_without_a_word()
    {
        await _scene.RunAsync("0123456789"u8.ToArray(), "pipe", "--task", "t");
        using HttpClient client = _scene.CreateClient();
        using HttpResponseMessage answer = await client.GetAsync("v1/tasks/t/terminal");
        string epoch = answer.Headers.GetValues("Realtime-Epoch").Single();
        await using CliRun run = await _scene.RunAsync("watch", "--task", "t", "--from", $"7.{epoch}");

        Assert.Equal((0, "789", ""), (run.ExitCode, run.Output, run.Errors));
    }

    [Fact]
    public async Task What_is_missing_is_told_apart_from_the_bytes()
    {
        await _scene.RunAsync("0123456789"u8.ToArray(), "pipe", "--task", "t");
        await using CliRun run = await _scene.RunAsync("watch", "--task", "t", "--from", "4.zzzzzz", "--quiet");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal("0123456789", run.Output);
        Assert.Matches(@"^realtime: .* of the terminal are gone \(epoch\); it goes on at 0\.", run.Errors);
    }

    [Fact]
    public async Task A_task_without_a_terminal_is_told()
    {
        await using CliRun run = await _scene.RunAsync("watch", "--task", "nobody");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("not_found", run.Errors);
        Assert.Contains("--wait", run.Errors);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_4()
    {
        _scene.Proxy.Refuse(true);
        await using CliRun run = await _scene.RunAsync("watch", "--task", "t", "--connect-timeout", "1s");

        Assert.Equal(4, run.ExitCode);
        Assert.Contains(_scene.Environment["REALTIME_URL"], run.Errors);
    }

    [Fact]
    public async Task A_token_that_is_none_is_3_and_is_not_repeated()
    {
        _scene.Environment["REALTIME_TOKEN"] = "not.a.token";
        await using CliRun run = await _scene.RunAsync("watch", "--task", "t");

        Assert.Equal(3, run.ExitCode);
        Assert.Contains("unauthorized", run.Errors);
        Assert.DoesNotContain("not.a.token", run.Errors);
    }

    [Fact]
    public async Task A_certificate_that_nobody_trusts_is_explained()
    {
        _scene.Environment.Remove("REALTIME_CA");
        await using CliRun run = await _scene.RunAsync("watch", "--task", "t", "--connect-timeout", "10m");

        Assert.Equal(4, run.ExitCode);
        Assert.Contains("--ca", run.Errors);
    }

    [Fact]
    public async Task Insecure_is_for_this_machine_only()
    {
        _scene.Environment.Remove("REALTIME_CA");
        await _scene.RunAsync("x"u8.ToArray(), "pipe", "--task", "t", "--insecure");
        await using CliRun here = await _scene.RunAsync("watch", "--task", "t", "--insecure");
        await using CliRun elsewhere = await _scene.RunAsync(
            "watch", "--task", "t", "--insecure", "--url", "https://example.com");

        Assert.Equal("x", here.Output);
        Assert.Equal(2, elsewhere.ExitCode);
        Assert.Contains("example.com", elsewhere.Errors);
    }

    [Fact]
    public async Task The_token_file_wins_over_the_variable()
    {
        string file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, _scene.Token() + "\n");
        _scene.Environment["REALTIME_TOKEN"] = "not.a.token";
        await using CliRun run = await _scene.RunAsync(
            "x"u8.ToArray(), "pipe", "--task", "t", "--token-file", file);
        File.Delete(file);

        Assert.True(run.ExitCode == 0, run.Errors);
    }

    [Fact]
    public async Task Ctrl_C_is_130()
    {
        await _scene.RunAsync("begun"u8.ToArray(), "pipe", "--task", "t", "--no-end");
        await using CliRun run = _scene.Start("watch", "--task", "t");
        await Eventually.TrueAsync("it watches", () => run.Output == "begun");
        Signals.Send("INT", run.Pid);

        Assert.Equal(130, await run.ExitAsync());
    }
}
