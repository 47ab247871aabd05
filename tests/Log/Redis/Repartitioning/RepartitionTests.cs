using Realtime.Log;
using Realtime.Log.Redis;
using Realtime.Log.Redis.Repartitioning;
using Realtime.Tests.Support;
using static Realtime.Tests.Log.Redis.RedisLogs;

namespace Realtime.Tests.Log.Redis.Repartitioning;

/// <summary>The number of partitions changes, and nothing else does.</summary>
public sealed class RepartitionTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Four_to_seven_to_two_keeps_everything(int seed)
    {
        await using RedisServer server = await RedisServer.StartAsync();
        var scene = new RepartitionScene(server, seed);
        await scene.FillAsync(4, 150);
        await using Repartition repartition = scene.Repartition();

        await repartition.RunAsync(7, None);
        await scene.VerifyAsync(7);
        await scene.FillAsync(7, 50);
        await repartition.RunAsync(2, None);
        await scene.VerifyAsync(2);

        Assert.Equal("2.2", await server.CommandAsync("GET", RedisKeys.Layout));
        string[] left = (await server.CommandAsync("KEYS", "rt:{p*")).Split('\n');
        Assert.DoesNotContain(left, key => !key.StartsWith("rt:{p0g2", StringComparison.Ordinal)
            && !key.StartsWith("rt:{p1g2", StringComparison.Ordinal)
            && !key.EndsWith(":streams", StringComparison.Ordinal));
        Assert.Equal("0", await server.CommandAsync("EXISTS", RedisKeys.Copied));
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    public async Task Interrupted_anywhere_it_is_resumed_or_aborted_and_nothing_is_lost(int seed)
    {
        await using RedisServer server = await RedisServer.StartAsync();
        var scene = new RepartitionScene(server, seed);
        await scene.FillAsync(4, 80);
        var random = new Random(seed);
        int partitions = 4;
        for (int round = 0; round < 6; round++)
        {
            int target = partitions == 4 ? 7 : 4;
            int left = random.Next(0, 30);
            void Interrupt(RepartitionProgress progress)
            {
                if (left-- == 0)
                {
                    throw new TimeoutException("The operator's machine went away.");
                }
            }

            await using Repartition first = scene.Repartition(Interrupt);
            bool interrupted = false;
            bool resumes = random.Next(3) > 0;
            try
            {
                await first.RunAsync(target, None);
            }
            catch (TimeoutException)
            {
                interrupted = true;
                left = random.Next(0, 10);
                await using Repartition second = scene.Repartition(Interrupt);
                try
                {
                    await (resumes ? second.ResumeAsync(None) : second.AbortAsync(None));
                }
                catch (Exception again) when (again is TimeoutException or RepartitionException)
                {
                    // Interrupted again, or too late to abort: below.
                }
            }

            if (interrupted && (await server.CommandAsync("GET", RedisKeys.Layout)).IndexOfAny(['<', '>']) >= 0)
            {
                await using Repartition third = scene.Repartition();
                await third.ResumeAsync(None);
            }

            string layout = await server.CommandAsync("GET", RedisKeys.Layout);
            Assert.True(RedisLayout.TryParse(layout, out RedisLayout reached));
            partitions = reached.InForce.Partitions;
            await scene.VerifyAsync(partitions);
            await scene.FillAsync(partitions, 5);
        }
    }

    [Fact]
    public async Task While_it_runs_nothing_is_taken_and_all_can_be_read_and_afterwards_the_old_never_write()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        var scene = new RepartitionScene(server, 5);
        await scene.FillAsync(4, 30);
        await using RedisLog old = Create(scene.OptionsOf(4));
        await using RedisLog young = Create(scene.OptionsOf(7));
        AppendResult before = await old.AppendAsync(Events, [], None);
        StreamOpening opening = await old.OpenAsync(Events, None);
        await using (Repartition broken = scene.Repartition(progress =>
        {
            if (progress.Phase == RepartitionPhase.Copying)
            {
                throw new TimeoutException();
            }
        }))
        {
            await Assert.ThrowsAsync<TimeoutException>(() => broken.RunAsync(7, None));
        }

        async Task RefusedAsync(LogUnavailableReason reason, Func<Task> call) => Assert.Equal(
            reason, (await Assert.ThrowsAsync<LogUnavailableException>(call)).Reason);
        await RefusedAsync(LogUnavailableReason.Repartitioning, () => FillAsync(old, 1, 1));
        await RefusedAsync(LogUnavailableReason.Repartitioning, () => old.CheckAsync(None));
        await RefusedAsync(LogUnavailableReason.Repartitioning, () => young.CheckAsync(None));
        await RefusedAsync(LogUnavailableReason.Repartitioning, () => FillAsync(young, 1, 1));
        await RefusedAsync(
            LogUnavailableReason.Repartitioning, () => old.OpenAsync(new StreamKey("newcomer", 1), None));
        await RefusedAsync(
            LogUnavailableReason.Repartitioning, () => old.AppendTerminalAsync(Terminal, Bytes("x"), None));
        Assert.Equal(opening.End, (await old.OpenAsync(Events, None)).End);
        Assert.Equal(ReadOutcome.Whole, (await ReadAsync(old, Beginning(opening.End.Epoch))).Outcome);

        await using Repartition repartition = scene.Repartition();
        RepartitionException begun =
            await Assert.ThrowsAsync<RepartitionException>(() => repartition.RunAsync(7, None));
        Assert.Contains("--resume or --abort", begun.Message, StringComparison.Ordinal);
        await repartition.ResumeAsync(None);

        // Without asking for the layout again: the seals hold.
        await RefusedAsync(LogUnavailableReason.Repartitioning, () => FillAsync(old, 1, 1));
        await Assert.ThrowsAsync<LogLayoutException>(() => old.CheckAsync(None));
        await RefusedAsync(LogUnavailableReason.Layout, () => FillAsync(old, 1, 1));
        await young.CheckAsync(None);
        EventRead resumed = await ReadAsync(young, opening.End);
        Assert.Equal(ReadOutcome.OtherEpoch, resumed.Outcome);
        await scene.VerifyAsync(7);
    }

    [Fact]
    public async Task Terminals_are_looked_after_by_the_new_partitions()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        var scene = new RepartitionScene(server, 6);
        await using RedisLog old = Create(scene.OptionsOf(4));
        for (int task = 0; task < 10; task++)
        {
            await old.AppendTerminalAsync(new TerminalKey("acme", $"task-{task}"), Bytes("x"), None);
        }

        await using Repartition repartition = scene.Repartition();
        await repartition.RunAsync(7, None);

        LogOptions options = scene.OptionsOf(7);
        await using RedisLog young =
            Create(options with { Terminal = options.Terminal with { IdleEnd = TimeSpan.FromMilliseconds(1) } });
        int ended = 0;
        for (int partition = 0; partition < 7; partition++)
        {
            ended += (await young.SweepAsync(partition, None)).TerminalsEnded;
        }

        Assert.Equal(10, ended);
    }

    [Fact]
    public async Task What_retention_took_stays_a_latest_value_with_a_position_before_the_rest()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        var scene = new RepartitionScene(server, 7);
        await scene.FillAsync(4, 100);
        var keys = new RedisKeys(new RedisGeneration(4));
        var before = new Dictionary<string, int>();
        foreach (string tenant in RepartitionScene.Tenants)
        {
            for (int partition = 0; partition < 4; partition++)
            {
                await server.CommandAsync(
                    "XTRIM", (string)keys.Of(new StreamKey(tenant, partition))[0]!, "MAXLEN", "=", "3");
            }
        }

        async Task<List<(string, string)>> StateAsync(int partitions)
        {
            await using RedisLog log = Create(scene.OptionsOf(partitions));
            List<(string, string)> all = [];
            foreach (string tenant in RepartitionScene.Tenants)
            {
                for (int partition = 0; partition < partitions; partition++)
                {
                    var stream = new StreamKey(tenant, partition);
                    StreamOpening opening = await log.OpenAsync(stream, None);
                    EventRead read = await log.ReadAsync(
                        stream, Beginning(opening.End.Epoch), ReadLimit.Default, ReadLane.Bulk, None);
                    Assert.True(read.Outcome is ReadOutcome.Whole or ReadOutcome.Trimmed);
                    Assert.Equal(opening.End.Entry, read.Last);
                    Assert.Equal(opening.State.Count, opening.State.DistinctBy(value => value.Position).Count());
                    all.AddRange(opening.State.Select(
                        value => ($"{tenant}/{value.StateKey}", Convert.ToHexString(value.Envelope.Span))));
                }
            }

            all.Sort();
            return all;
        }

        List<(string, string)> state = await StateAsync(4);
        await using Repartition repartition = scene.Repartition();
        await repartition.RunAsync(7, None);
        Assert.Equal(state, await StateAsync(7));
        Assert.NotEmpty(state);
    }

    // Its making is what an empty stream's age counts from: one that the first sweep took would tell each viewer
    // that has resumed a second gap, with another epoch.
    [Fact]
    public async Task A_stream_without_events_outlives_the_first_sweep()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        var scene = new RepartitionScene(server, 3);
        var stream = new StreamKey("acme", 0);
        await using (RedisLog old = Create(scene.OptionsOf(1)))
        {
            await old.OpenAsync(stream, None);
        }

        await using Repartition repartition = scene.Repartition();
        await repartition.RunAsync(2, None);
        await using RedisLog young = Create(scene.OptionsOf(2));
        Realtime.Protocol.Epoch made = (await young.OpenAsync(stream, None)).End.Epoch;
        await young.SweepAsync(stream.Partition, None);

        Assert.Equal(made, (await young.OpenAsync(stream, None)).End.Epoch);
    }

    [Fact]
    public async Task It_refuses_what_makes_no_sense()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        var scene = new RepartitionScene(server, 8);
        await using Repartition repartition = scene.Repartition();
        async Task RefusedAsync(string why, Func<Task> call) => Assert.Contains(
            why, (await Assert.ThrowsAsync<RepartitionException>(call)).Message, StringComparison.Ordinal);

        await RefusedAsync("no log", () => repartition.RunAsync(7, None));
        await scene.FillAsync(4, 20);
        await RefusedAsync("4 partitions already", () => repartition.RunAsync(4, None));
        await RefusedAsync("nothing to resume", () => repartition.ResumeAsync(None));
        await RefusedAsync("nothing to abort", () => repartition.AbortAsync(None));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => repartition.RunAsync(1025, None));
        await server.CommandAsync("CONFIG", "SET", "maxmemory", "2mb");
        await RefusedAsync("maxmemory", () => repartition.RunAsync(7, None));
        await scene.VerifyAsync(4);
    }
}
