using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using Realtime.Log;
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
        var clock = new ManualClock();
        var swept = new ConcurrentQueue<int>();
        await using var log = new FaultyLog(RunningWorker.NewLog());
        log.OnSweep = partition =>
        {
            swept.Enqueue(partition);
            return partition == 1 ? FaultyLog.Away() : null;
        };
        using var service = new SweepService(
            log, new LogOptions(), new IngestOptions(), clock, NullLogger<SweepService>.Instance);

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
}
