using Realtime.Log.Redis;
using Realtime.Log.Redis.Repartitioning;
using Realtime.Tests.Devhost;
using Realtime.Tests.EndToEnd;
using Realtime.Tests.Log.Redis.Repartitioning;
using Realtime.Tests.Support;
using Realtime.Workers.Repartitioning;

namespace Realtime.Tests.Workers.Repartitioning;

/// <summary><c>repartition</c> as an operator has it: arguments, what it says, and how it ends.</summary>
public sealed class RepartitionCommandTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static TheoryData<string[], string> WrongArguments { get; } = new()
    {
        { [], "Give one of --partitions N, --resume and --abort." },
        { ["--partitions", "7", "--resume"], "Give one of --partitions N, --resume and --abort." },
        { ["--resume", "--abort"], "Give one of --partitions N, --resume and --abort." },
        { ["--partitions"], "--partitions must be 1 to 1024, is nothing." },
        { ["--partitions", "0"], "--partitions must be 1 to 1024, is 0." },
        { ["--partitions", "1025"], "--partitions must be 1 to 1024, is 1025." },
        { ["--partitions", "-1"], "--partitions must be 1 to 1024, is -1." },
        { ["--partitions", "many"], "--partitions must be 1 to 1024, is many." },
        { ["--partitions", "7"], "No Redis is configured" },
        { ["--partitions", "7", "--event_plane:redis:nonsense", "1"], "nonsense" },
    };

    [Theory]
    [MemberData(nameof(WrongArguments))]
    public async Task Wrong_arguments_are_told_and_nothing_is_done(string[] arguments, string told)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();

        int exit = await new RepartitionCommand(output, errors, TimeProvider.System)
            .RunAsync(arguments, CancellationToken.None);

        Assert.Equal(2, exit);
        Assert.Contains(told, errors.ToString(), StringComparison.Ordinal);
        Assert.Empty(output.ToString());
    }

    [Fact]
    public async Task It_says_how_it_is_used()
    {
        (int exit, string said) = await RunAsync("--help");

        Assert.Equal(0, exit);
        Assert.Contains("(--partitions N | --resume | --abort)", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_help_of_the_worker_names_it()
    {
        string assembly = Path.Combine(AppContext.BaseDirectory, "Realtime.Workers.dll");
        string help = await Shell.RunAsync($"dotnet '{assembly}' --help");

        Assert.Contains("realtime-worker repartition --help", help, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_repartitions_and_says_how_far_it_is()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        var scene = new RepartitionScene(redis, 41);
        await scene.FillAsync(4, 60);

        (int exit, string said) = await RunAsync("--partitions", "7", "--redis", redis.Endpoint);

        string[] lines = said.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(0, exit);
        Assert.Equal("Sealing: 0 of 0 tenants, 0 events", lines[0]);
        Assert.Matches("^Copying: [0-4] of 4 tenants, [0-9]+ events$", lines[1]);
        Assert.Contains(lines, line => line.StartsWith("Removing: ", StringComparison.Ordinal));
        Assert.Equal("Done.", lines[^1]);
        Assert.Equal("7.1", await redis.CommandAsync("GET", RedisKeys.Layout));
        await scene.VerifyAsync(7);

        (exit, said) = await RunAsync("--partitions", "7", "--redis", redis.Endpoint);
        Assert.Equal((1, "The log has 7 partitions already."), (exit, said.Trim()));
        (exit, said) = await RunAsync("--resume", "--redis", redis.Endpoint);
        Assert.Equal((1, "There is nothing to resume: no repartition was begun."), (exit, said.Trim()));
    }

    [Theory]
    [InlineData("--abort", 4, "4")]
    [InlineData("--resume", 7, "7.1")]
    public async Task Interrupted_it_can_be_resumed_or_aborted(string then, int partitions, string layout)
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        var scene = new RepartitionScene(redis, 42);
        await scene.FillAsync(4, 60);
        await using (Repartition broken = scene.Repartition(progress =>
            _ = progress.Phase == RepartitionPhase.Copying ? throw new TimeoutException() : 0))
        {
            await Assert.ThrowsAsync<TimeoutException>(() => broken.RunAsync(7, CancellationToken.None));
        }

        // Its first write waits, so that it is interrupted in the middle for certain.
        await redis.CommandAsync("CLIENT", "PAUSE", "600000", "WRITE");
        await using (WorkerProcess process = Start(then, "--redis", redis.Endpoint))
        {
            await Eventually.TrueAsync(
                "it waits for Redis",
                async () =>
                    (await redis.CommandAsync("CLIENT", "LIST")).Contains(" flags=b ", StringComparison.Ordinal),
                Patience,
                () => process.Output);
            Signals.Terminate(process.Pid);
            Assert.Equal(130, await process.ExitAsync(Patience));
            Assert.Contains(
                "Interrupted. The log takes nothing until --resume or --abort.", process.Output,
                StringComparison.Ordinal);
        }

        await redis.CommandAsync("CLIENT", "UNPAUSE");
        Assert.Equal("4>7.1", await redis.CommandAsync("GET", RedisKeys.Layout));

        (int exit, string said) = await RunAsync(then, "--redis", redis.Endpoint);

        Assert.Equal(0, exit);
        Assert.EndsWith("Done.", said.TrimEnd(), StringComparison.Ordinal);
        Assert.Equal(layout, await redis.CommandAsync("GET", RedisKeys.Layout));
        await scene.VerifyAsync(partitions);
    }

    private static async Task<(int Exit, string Said)> RunAsync(params string[] arguments)
    {
        await using WorkerProcess process = Start(arguments);
        int exit = await process.ExitAsync(Patience);
        return (exit, process.Output);
    }

    private static WorkerProcess Start(params string[] arguments) =>
        WorkerProcess.Start([RepartitionCommand.Name, .. arguments], Path.GetTempPath());
}
