using System.Text.Json;
using Realtime.Tests.EndToEnd;
using Realtime.Tests.Support;

namespace Realtime.Tests.Cli;

/// <summary>A task has one producer at a time, and is not shown as running when that is gone.</summary>
public sealed class LeaseTests(SharedSystem shared) : IClassFixture<SharedSystem>, IAsyncLifetime
{
    private readonly CliScene _scene = CliScene.On(shared);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _scene.DisposeAsync();

    [Fact]
    public async Task A_second_one_is_refused_before_its_command_begins_and_nothing_of_the_first_is_lost()
    {
        await using CliRun first = _scene.Start(
            "exec", "--task", "t", "--", "sh", "-c", "echo first; read x; echo again; exit 3");
        await Eventually.TrueAsync("the first is seen", async () => await _scene.TextAsync("t") == "first\r\n");
        string file = Path.Combine(Path.GetTempPath(), $"realtime-begun-{Guid.NewGuid():N}");
        await using CliRun second = await _scene.RunAsync("exec", "--task", "t", "--", "touch", file);
        await using CliRun pipe = await _scene.RunAsync("x"u8.ToArray(), "pipe", "--task", "t");
        first.Input.Close();

        Assert.Equal((125, 1, 3), (second.ExitCode, pipe.ExitCode, await first.ExitAsync()));
        Assert.False(File.Exists(file));
        Assert.All(
            [second.Errors, pipe.Errors],
            told => Assert.Matches(@"leased: .*Another program writes to this terminal.* at \d\d:\d\d:\d\d UTC", told));
        Assert.Equal("first\r\nagain\r\n", await _scene.TextAsync("t"));
        Assert.Equal(3, (await _scene.TerminalAsync("t"))!.Value.ExitCode);
    }

    [Fact]
    public async Task What_has_ended_is_given_back_at_once()
    {
        await using CliRun first = await _scene.RunAsync("exec", "--task", "t", "--no-end", "--", "echo", "one");
        await using CliRun second = await _scene.RunAsync("exec", "--task", "t", "--no-end", "--", "echo", "two");
        await using CliRun third = await _scene.RunAsync("!"u8.ToArray(), "pipe", "--task", "t");
        Assert.Equal([0, 0, 0], [first.ExitCode, second.ExitCode, third.ExitCode]);
        Assert.Equal("one\r\ntwo\r\n!", await _scene.TextAsync("t"));
    }

    [Fact]
    public async Task A_token_that_may_write_to_the_terminal_alone_is_enough()
    {
        _scene.Environment["REALTIME_TOKEN"] = _scene.Token("publish:terminal/t");
        await using CliRun run = await _scene.RunAsync("x"u8.ToArray(), "pipe", "--task", "t");
        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.Equal("x", await _scene.TextAsync("t"));
    }

    [Fact]
    public async Task One_that_is_killed_is_lost_and_its_terminal_ends()
    {
        using Conversation events = await _scene.WatchEventsAsync("?channels=tasks&tasks=killed");
        await events.NextAsync("subscribed");
        await using CliRun run = _scene.Start(
            "exec", "--task", "killed", "--lease-ttl", "10s", "--", "sh", "-c", "echo working; read x");
        await Eventually.TrueAsync(
            "it is seen", async () => await _scene.TextAsync("killed") == "working\r\n",
            TimeSpan.FromSeconds(20), () => run.Errors);
        Signals.Send("KILL", run.Pid);
        await using CliRun watch = await _scene.RunAsync("watch", "--task", "killed", "--exit-code");

        Assert.Equal((1, "working\r\n"), (watch.ExitCode, watch.Output));
        Assert.Contains("the task is lost", watch.Errors);
        Assert.Equal(-1, (await _scene.TerminalAsync("killed"))!.Value.ExitCode);
        JsonElement lost = await events.NextAsync("event");
        Assert.Equal("task.lost", lost.GetProperty("type").GetString());
        Assert.Equal("lease_expired", lost.GetProperty("payload").GetProperty("reason").GetString());
    }

    [Fact]
    public async Task Events_of_a_producer_are_numbered_and_keys_exclude_that()
    {
        string[] events = [.. Enumerable.Range(0, 50).Select(
            n => $$"""{"channel":"messages","type":"agent.message","agent":"a1","payload":{{n}}}""")];
        byte[] input = System.Text.Encoding.UTF8.GetBytes(string.Join('\n', events));
        await using CliRun run = await _scene.RunAsync(input, "publish", "--file", "-", "--producer", "runner-7");
        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.Equal(50, run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Distinct().Count());

        await using CliRun both = await _scene.RunAsync(
            input, "publish", "--file", "-", "--producer", "runner-7", "--key", "k");
        byte[] keyed = """{"channel":"messages","type":"t","key":"mine","payload":1}"""u8.ToArray();
        await using CliRun own = await _scene.RunAsync(keyed, "publish", "--file", "-", "--producer", "runner-7");
        Assert.Equal((2, 2), (both.ExitCode, own.ExitCode));
        Assert.Contains("--key and --producer exclude each other", both.Errors);
    }
}
