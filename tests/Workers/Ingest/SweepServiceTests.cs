using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Realtime.Log;
using Realtime.Tests.Log.Redis;
using Realtime.Tests.Support;
using Realtime.Workers.Ingest;

namespace Realtime.Tests.Workers.Ingest;

public sealed class SweepServiceTests
{
    // An interval and the most that jitter adds to it.
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(12);

    [Fact]
    public async Task Each_round_sweeps_each_partition_once_whatever_fails()
    {
        await using ServiceProvider services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var clock = new ManualClock();
        var swept = new ConcurrentQueue<int>();
        await using var log = new FaultyLog(RunningWorker.NewLog());
        log.OnSweep = partition =>
        {
            swept.Enqueue(partition);
            return partition == 1 ? FaultyLog.Away() : null;
        };
        using var service = new SweepService(
            log, new LogOptions(), new IngestOptions(), clock, Metrics(services), NullLogger<SweepService>.Instance);

        await service.StartAsync(CancellationToken.None);
        for (int round = 1; round <= 2; round++)
        {
            await Eventually.TrueAsync("the round ends and the next is awaited", () =>
            {
                // The timer is set on another thread after the round before; time passes only once it is.
                clock.Advance(swept.Count < 4 * round ? Round : TimeSpan.Zero);
                return swept.Count >= 4 * round;
            });
        }

        await service.StopAsync(CancellationToken.None);
        Assert.Equal([0, 1, 2, 3], swept.Take(4).Order());
        Assert.Equal([0, 1, 2, 3], swept.Skip(4).Take(4).Order());
    }

    [Fact]
    public async Task A_jump_of_the_logs_clock_that_all_partitions_saw_is_told_once()
    {
        await using ServiceProvider services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var clock = new ManualClock();
        var lines = new ListLogger<SweepService>();
        int swept = 0;
        await using var log = new FaultyLog(RunningWorker.NewLog());
        log.InsteadOfSweep = _ =>
        {
            Interlocked.Increment(ref swept);
            return default(SweepReport) with { ClockJumpMs = 3_600_000 };
        };
        using var service = new SweepService(
            log, new LogOptions(), new IngestOptions(), clock, Metrics(services), lines);

        await service.StartAsync(CancellationToken.None);
        await Eventually.TrueAsync("a round ends", () =>
        {
            clock.Advance(Volatile.Read(ref swept) < 4 ? Round : TimeSpan.Zero);
            return Volatile.Read(ref swept) >= 4;
        });
        await service.StopAsync(CancellationToken.None);

        string told = Assert.Single(lines.Lines, line => line.StartsWith("Warning", StringComparison.Ordinal));
        Assert.Contains("jumped 3600 s forward", told, StringComparison.Ordinal);
    }

    private static IngestMetrics Metrics(ServiceProvider services) =>
        new(services.GetRequiredService<IMeterFactory>(), new ByteBudget(1));
}
