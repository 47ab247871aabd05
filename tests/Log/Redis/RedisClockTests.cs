using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Realtime.Log;
using Realtime.Log.Redis;
using Realtime.Log.Redis.Repartitioning;
using Realtime.Protocol;
using Realtime.Tests.Log.Redis.Repartitioning;
using Realtime.Tests.Support;
using static Realtime.Tests.Log.Redis.RedisLogs;

namespace Realtime.Tests.Log.Redis;

/// <summary>Wrong clocks: Redis' own goes back and jumps forward, workers' are apart by minutes.</summary>
public sealed class RedisClockTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Fact]
    public async Task A_clock_that_goes_back_an_hour_keeps_ids_in_order_and_everything_in_its_place()
    {
        await using RedisServer server = await RedisServer.StartWithClockAsync();
        await using RedisLog log = Create(server);
        StreamCursor first = (await FillAsync(log, 1, 10))[^1];
        await log.SweepAsync(Events.Partition, None);
        await log.AppendAsync(Events, [Event("a", "key", "state")], None);
        await log.AppendTerminalAsync(Terminal, Bytes("before "), None);

        server.ShiftClock(-Hour);
        List<StreamCursor> after = await FillAsync(log, 11, 10);
        await log.AppendTerminalAsync(Terminal, Bytes("after"), None);
        SweepReport sweep = await log.SweepAsync(Events.Partition, None);

        Assert.InRange(sweep.ClockJumpMs, -3_700_000, -3_500_000);
        Assert.All(after, position => Assert.True(position.Entry > first.Entry));
        EventRead read = await ReadAsync(log, Beginning(first.Epoch));
        Assert.Equal((ReadOutcome.Whole, 21), (read.Outcome, read.Entries.Count));
        Assert.Equal(read.Entries.Select(entry => entry.Id), read.Entries.Select(entry => entry.Id).Order());
        Assert.Equal(
            AppendStatus.Duplicate,
            (await log.AppendAsync(Events, [Event("a", "key", "state")], None)).Outcomes[0].Status);
        Assert.Single((await log.OpenAsync(Events, None)).State);
        Assert.Equal(12, (await log.FindTerminalAsync(Terminal, None))!.Value.End);
        Assert.Equal(0, (await log.SweepAsync(Events.Partition, None)).ClockJumpMs);
    }

    [Fact]
    public async Task A_reader_that_died_before_the_clock_went_back_does_not_count_for_an_hour()
    {
        await using RedisServer server = await RedisServer.StartWithClockAsync();
        await using RedisLog log = Create(Options(server.Endpoint) with { QueueDepthMax = 10 });
        await log.ReportReaderAsync(Events, "died", 0, None);
        await log.ReportReaderAsync(Events, "lives", 0, None);
        await FillAsync(log, 1, 9);

        server.ShiftClock(-Hour);
        await log.ReportReaderAsync(Events, "lives", 9, None);
        AppendResult append = await log.AppendAsync(Events, [Event("x"), Event("y"), Event("z")], None);

        Assert.All(append.Outcomes, outcome => Assert.Equal(AppendStatus.Stored, outcome.Status));
        Assert.Equal(3, append.Pressure.Depth);
    }

    [Fact]
    public async Task A_jump_forward_beyond_the_retention_trims_nothing_early_and_is_told()
    {
        await using RedisServer server = await RedisServer.StartWithClockAsync();
        LogOptions options = Options(server.Endpoint) with { RetentionHours = 1 };
        await using RedisLog log = Create(options);
        await log.AppendAsync(Events, [Event("old", state: "k")], None);
        StreamCursor first = (await FillAsync(log, 2, 299))[0];
        await log.AppendTerminalAsync(Terminal, Bytes("x"), None);
        for (int partition = 0; partition < 4; partition++)
        {
            Assert.Equal(0, (await log.SweepAsync(partition, None)).ClockJumpMs);
        }

        // Appends before the next sweep know nothing of the jump yet.
        server.ShiftClock(10 * Hour);
        await FillAsync(log, 301, 300);
        SweepReport[] swept = await Task.WhenAll(
            Enumerable.Range(0, 4).Select(partition => log.SweepAsync(partition, None)));
        await FillAsync(log, 601, 300);

        Assert.All(swept, sweep => Assert.InRange(sweep.ClockJumpMs, 35_000_000, 37_000_000));
        Assert.All(swept, sweep => Assert.Equal(
            (0, 0, 0), (sweep.StreamsTrimmed, sweep.StateKeysExpired, sweep.TerminalsEnded)));
        EventRead read = await ReadAsync(log, Beginning(first.Epoch));
        Assert.Equal((ReadOutcome.Whole, 900), (read.Outcome, read.Entries.Count));
        Assert.Single((await log.OpenAsync(Events, None)).State);

        // From there on time goes on as it should, and what was there goes when it is old enough, not before.
        int trimmed = 0;
        for (int seconds = 50; seconds <= 3700; seconds += 50)
        {
            server.ShiftClock((10 * Hour) + TimeSpan.FromSeconds(seconds));
            SweepReport sweep = await log.SweepAsync(Events.Partition, None);
            trimmed += sweep.StreamsTrimmed;
            Assert.True(trimmed == 0 || seconds >= 3500, $"trimmed after {seconds} s");
        }

        // What was made after the jump too: by then nothing is held back any more.
        Assert.True(trimmed > 0);
        Assert.Empty((await ReadAsync(log, Beginning(first.Epoch))).Entries);
    }

    [Fact]
    public async Task Time_that_passes_for_Redis_and_the_process_alike_is_no_jump()
    {
        await using RedisServer server = await RedisServer.StartWithClockAsync();
        LogOptions options = Options(server.Endpoint);
        var clock = new ManualClock();
        await using var connection = new RedisConnection(
            options.Redis, "test", null, TimeProvider.System, NullLogger.Instance);
        var redis = new RedisClock(connection, new RedisKeys(new RedisGeneration(4)), options, clock);
        await redis.LookAsync(0, None);

        server.ShiftClock(Hour);
        clock.Advance(Hour);
        Assert.Equal(0, (await redis.LookAsync(0, None)).JumpMs);
        clock.Advance(Hour);
        Assert.InRange((await redis.LookAsync(0, None)).JumpMs, -3_600_000, -3_500_000);
    }

    [Fact]
    public async Task Of_two_jumps_forward_both_are_held_back()
    {
        await using RedisServer server = await RedisServer.StartWithClockAsync();
        await using RedisLog log = Create(Options(server.Endpoint) with { RetentionHours = 1 });
        StreamCursor first = (await FillAsync(log, 1, 300))[0];
        foreach (int hours in (int[])[0, 10, 20])
        {
            server.ShiftClock(hours * Hour);
            Assert.Equal(0, (await log.SweepAsync(Events.Partition, None)).StreamsTrimmed);
        }

        Assert.Equal(300, (await ReadAsync(log, Beginning(first.Epoch))).Entries.Count);
    }

    [Fact]
    public async Task A_clock_that_jumped_and_is_put_right_again_takes_what_is_old_in_its_time()
    {
        await using RedisServer server = await RedisServer.StartWithClockAsync();
        await using RedisLog log = Create(Options(server.Endpoint) with { RetentionHours = 1 });
        await FillAsync(log, 1, 300);
        foreach (int hours in (int[])[0, 10, 0])
        {
            server.ShiftClock(hours * Hour);
            Assert.Equal(0, (await log.SweepAsync(Events.Partition, None)).StreamsTrimmed);
        }

        int seconds = 0;
        for (int trimmed = 0; trimmed == 0 && seconds < 5000;)
        {
            seconds += 50;
            server.ShiftClock(TimeSpan.FromSeconds(seconds));
            trimmed = (await log.SweepAsync(Events.Partition, None)).StreamsTrimmed;
        }

        Assert.InRange(seconds, 3500, 3750);
    }

    [Fact]
    public async Task No_jump_of_the_clock_declares_holders_lost_and_who_is_gone_is_lost_a_term_later()
    {
        await using RedisServer server = await RedisServer.StartWithClockAsync();
        await using RedisLog log = Create(server);
        var holder = new ProducerClaim("runner", 5);
        var lease = new Lease(new LeaseKey("acme", LeaseKind.Agent, "a1"), holder, TimeSpan.FromSeconds(30));
        var gone = new Lease(new LeaseKey("acme", LeaseKind.Task, "t1"), holder, TimeSpan.FromSeconds(30));
        await log.LeaseAsync(lease, None);
        await log.LeaseAsync(gone, None);
        Assert.Equal(default, await SweepLeasesAsync(log));

        TimeSpan shift = TimeSpan.Zero;
        foreach (TimeSpan jump in (TimeSpan[])[Hour, -2 * Hour, TimeSpan.FromDays(30)])
        {
            shift += jump;
            server.ShiftClock(shift);
            Assert.Equal(
                LeaseStatus.Leased,
                (await log.LeaseAsync(lease with { Holder = new ProducerClaim("other", 1) }, None)).Status);
            Assert.Equal(new LeaseSweepReport(0, 0, 0, Extended: 2), await SweepLeasesAsync(log));
            Assert.Equal(default, await SweepLeasesAsync(log));
            Assert.True((await log.LeaseAsync(lease, None)).IsRenewed);
        }

        LeaseSweepReport lost = default;
        int seconds = 0;
        while (lost == default && seconds < 60)
        {
            seconds += 2;
            server.ShiftClock(shift + TimeSpan.FromSeconds(seconds));
            await log.LeaseAsync(lease, None);
            lost = await SweepLeasesAsync(log);
        }

        Assert.Equal((0, 1), (lost.AgentsLost, lost.TasksLost));
        Assert.InRange(seconds, 20, 32);
    }

    [Fact]
    public async Task Ages_are_held_back_after_a_repartition_too()
    {
        await using RedisServer server = await RedisServer.StartWithClockAsync();
        LogOptions options = Options(server.Endpoint) with { RetentionHours = 1 };
        var scene = new RepartitionScene(server, 31);
        await scene.FillAsync(4, 60);
        await using (RedisLog log = Create(options))
        {
            await SweepAllAsync(log, 4);
            server.ShiftClock(10 * Hour);
            await SweepAllAsync(log, 4);
        }

        await using Repartition repartition = scene.Repartition();
        await repartition.RunAsync(7, None);
        await using RedisLog young = Create(options with { Partitions = 7 });
        long copied = await EntriesAsync(young);
        await SweepAllAsync(young, 7);

        Assert.True(copied > 100);
        Assert.Equal(copied, await EntriesAsync(young));

        static async Task<long> EntriesAsync(RedisLog log) => (await Task.WhenAll(
            Enumerable.Range(0, 7).Select(partition => log.DescribeAsync(partition, null, None))))
            .Sum(report => report.Entries);
    }

    [Fact]
    public async Task Workers_whose_clocks_are_apart_by_minutes_do_all_alike()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        LogOptions options = Options(server.Endpoint) with { RetentionHours = 0.02, QueueDepthMax = 10 };
        await using RedisLog early = Shifted(-5);
        await using RedisLog late = Shifted(5);
        var positions = new List<StreamCursor>();
        for (int i = 0; i < 20; i++)
        {
            positions.AddRange(await FillAsync(i % 2 == 0 ? early : late, i, 1));
        }

        string[] time = (await server.CommandAsync("TIME")).Split('\n');
        long now = long.Parse(time[0], CultureInfo.InvariantCulture) * 1000;
        Assert.Equal(
            positions.Select(position => position.Entry), positions.Select(position => position.Entry).Order());
        Assert.InRange(positions[^1].Entry.Ms, now - 10_000, now + 10_000);

        // The retention is 72 s: by either worker's clock all would be too old, or none ever.
        Assert.Equal(default, await early.SweepAsync(Events.Partition, None));
        Assert.Equal(default, await late.SweepAsync(Events.Partition, None));
        Assert.Equal(20, (await ReadAsync(late, Beginning(positions[0].Epoch))).Entries.Count);

        await early.ReportReaderAsync(Events, "reader", 12, None);
        Assert.Equal(8, (await late.AppendAsync(Events, [], None)).Pressure.Depth);
        Assert.Equal(
            AppendStatus.Stored, (await late.AppendAsync(Events, [Event("k", "key")], None)).Outcomes[0].Status);
        Assert.Equal(
            AppendStatus.Duplicate, (await early.AppendAsync(Events, [Event("k", "key")], None)).Outcomes[0].Status);

        RedisLog Shifted(int minutes) => new(
            options, new ShiftedClock(TimeSpan.FromMinutes(minutes)), NullLogger<RedisLog>.Instance);
    }

    private static async Task<LeaseSweepReport> SweepLeasesAsync(RedisLog log)
    {
        LeaseSweepReport[] all = await Task.WhenAll(
            Enumerable.Range(0, 4).Select(partition => log.SweepLeasesAsync(partition, None)));
        return new LeaseSweepReport(
            all.Sum(one => one.AgentsLost), all.Sum(one => one.TasksLost), all.Sum(one => one.TerminalsEnded),
            all.Sum(one => one.Extended));
    }

    private static Task<SweepReport[]> SweepAllAsync(RedisLog log, int partitions) => Task.WhenAll(
        Enumerable.Range(0, partitions).Select(partition => log.SweepAsync(partition, None)));
}
