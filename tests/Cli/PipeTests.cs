using System.Security.Cryptography;
using Realtime.Tests.EndToEnd;
using Realtime.Tests.Support;

namespace Realtime.Tests.Cli;

/// <summary><c>realtime pipe</c> and <c>realtime watch</c>: what goes in comes out, byte for byte.</summary>
public sealed class PipeTests(SharedSystem shared) : IClassFixture<SharedSystem>, IAsyncLifetime
{
    private readonly CliScene _scene = CliScene.On(shared);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _scene.DisposeAsync();

    [Fact]
    public async Task Megabytes_of_random_bytes_are_the_same_at_the_other_end()
    {
        byte[] source = RandomNumberGenerator.GetBytes(5_000_003);

        await using CliRun watch = _scene.Start("watch", "--task", "big", "--wait", "--exit-code");
        await using CliRun pipe = await _scene.RunAsync(source, "pipe", "--task", "big", "--tee", "--exit-code", "3");

        Assert.True(pipe.ExitCode == 0, pipe.Errors);
        Assert.Equal(3, await watch.ExitAsync());
        Assert.Equal(SHA256.HashData(source), SHA256.HashData(pipe.OutputBytes));
        Assert.Equal(SHA256.HashData(source), SHA256.HashData(watch.OutputBytes));
    }

    [Fact]
    public async Task It_reconnects_in_the_middle_and_nothing_is_lost_or_doubled()
    {
        byte[] source = RandomNumberGenerator.GetBytes(3_000_000);
        await using CliRun watch = _scene.Start("watch", "--task", "cut", "--wait");
        await using CliRun pipe = _scene.Start("pipe", "--task", "cut");
        for (int offset = 0; offset < source.Length; offset += 500_000)
        {
            await pipe.Input.WriteAsync(source.AsMemory(offset, 500_000));
            await Eventually.TrueAsync(
                "something new is watched", () => watch.OutputBytes.Length > offset,
                TimeSpan.FromSeconds(30), () => pipe.Errors + watch.Errors);
            _scene.Proxy.Cut();
        }

        pipe.Input.Close();

        Assert.True(await pipe.ExitAsync() == 0, pipe.Errors);
        Assert.True(await watch.ExitAsync() == 0, watch.Errors);
        Assert.Equal(SHA256.HashData(source), SHA256.HashData(watch.OutputBytes));
        Assert.Contains("it is made anew", watch.Errors);
    }

    [Fact]
    public async Task The_same_input_at_the_same_offset_is_harmless()
    {
        await using CliRun first = await _scene.RunAsync("hello "u8.ToArray(), "pipe", "--task", "t", "--no-end");
        await using CliRun again = await _scene.RunAsync(
            "hello world"u8.ToArray(), "pipe", "--task", "t", "--offset", "0", "--no-end");
        await using CliRun behind = await _scene.RunAsync("!"u8.ToArray(), "pipe", "--task", "t");

        Assert.Equal([0, 0, 0], [first.ExitCode, again.ExitCode, behind.ExitCode]);
        (byte[] bytes, int? exitCode) = (await _scene.TerminalAsync("t"))!.Value;
        Assert.Equal("hello world!"u8.ToArray(), bytes);
        Assert.Equal(0, exitCode);
    }

    [Fact]
    public async Task Without_input_there_is_an_empty_terminal_that_has_ended()
    {
        await using CliRun run = await _scene.RunAsync([], "pipe", "--task", "t", "--exit-code", "6");
        await using CliRun watch = await _scene.RunAsync("watch", "--task", "t", "--exit-code");

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        Assert.Equal((6, ""), (watch.ExitCode, watch.Output));
    }

    [Fact]
    public async Task One_very_long_line_goes_through_while_it_has_no_end()
    {
        byte[] line = new byte[3_000_000];
        line.AsSpan().Fill((byte)'x');
        await using CliRun run = _scene.Start("pipe", "--task", "t");
        await run.Input.WriteAsync(line);
        await run.Input.FlushAsync();
        await Eventually.TrueAsync(
            "viewers have it", async () => (await _scene.TextAsync("t")).Length == line.Length,
            TimeSpan.FromSeconds(30), () => run.Errors);
        run.Input.Close();

        Assert.Equal(0, await run.ExitAsync());
        Assert.Equal(line, (await _scene.TerminalAsync("t"))!.Value.Bytes);
    }

    [Fact]
    public async Task An_offset_beyond_the_end_is_refused_and_the_end_is_told()
    {
        await using CliRun run = await _scene.RunAsync("x"u8.ToArray(), "pipe", "--task", "hole", "--offset", "10");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("ends at 0", run.Errors);
    }

    [Fact]
    public async Task An_ended_terminal_is_refused()
    {
        await _scene.RunAsync("x"u8.ToArray(), "pipe", "--task", "over");
        await using CliRun run = await _scene.RunAsync("y"u8.ToArray(), "pipe", "--task", "over");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("Choose another task", run.Errors);
    }

    [Fact]
    public async Task A_token_that_may_not_is_refused_with_3()
    {
        _scene.Environment["REALTIME_TOKEN"] = _scene.Token("read:*");
        await using CliRun run = await _scene.RunAsync("x"u8.ToArray(), "pipe", "--task", "t");

        Assert.Equal(3, run.ExitCode);
        Assert.Contains("forbidden", run.Errors);
        Assert.DoesNotContain(_scene.Environment["REALTIME_TOKEN"], run.Errors);
    }

    [Fact]
    public async Task Ctrl_C_sends_what_came_and_ends_the_terminal_with_130()
    {
        await using CliRun run = _scene.Start("pipe", "--task", "stop");
        await run.Input.WriteAsync("half a li"u8.ToArray());
        await run.Input.FlushAsync();
        await Eventually.TrueAsync("it is sent", async () => await _scene.TextAsync("stop") == "half a li");
        Signals.Send("INT", run.Pid);

        Assert.Equal(130, await run.ExitAsync());
        Assert.Equal(130, (await _scene.TerminalAsync("stop"))!.Value.ExitCode);
    }

    [Fact]
    public async Task A_server_that_never_comes_ends_it_with_4_and_says_what_was_not_sent()
    {
        _scene.Proxy.Refuse(true);
        await using CliRun run = await _scene.RunAsync(
            "lost"u8.ToArray(), "pipe", "--task", "t", "--tee", "--flush-timeout", "300ms");

        Assert.Equal(4, run.ExitCode);
        Assert.Equal("lost", run.Output);
        Assert.Contains("4 bytes of output were NOT sent", run.Errors);
    }
}
