using Realtime.Log;

namespace Realtime.Workers.Ingest;

/// <summary>
/// Keeps the log's house: every interval each partition once. Every ingest worker does it; doing it twice is harmless,
/// and the jitter keeps workers that started together apart.
/// </summary>
internal sealed partial class SweepService(
    IPartitionedLog log, LogOptions logOptions, IngestOptions options, TimeProvider clock,
    IngestMetrics metrics, ILogger<SweepService> logger)
    : BackgroundService
{
    // While the log is away, one line a minute says so; the log's own probe tells when it went and came.
    private static readonly TimeSpan WarningInterval = TimeSpan.FromMinutes(1);

    private long _warnedAt;
    private long _jumpToldAt;
    private int _failures;

    protected override async Task ExecuteAsync(CancellationToken stopping)
    {
        try
        {
            while (true)
            {
                double jitter = 0.8 + (0.4 * Random.Shared.NextDouble());
                await Task.Delay(logOptions.SweepInterval * jitter, clock, stopping);
                await SweepAllAsync(stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The end of the process.
        }
    }

    private Task SweepAllAsync(CancellationToken stopping)
    {
        var parallel = new ParallelOptions
        {
            MaxDegreeOfParallelism = options.SweepConcurrency,
            CancellationToken = stopping,
        };
        return Parallel.ForAsync(0, log.PartitionCount, parallel, async (partition, cancelled) =>
            await SweepAsync(partition, cancelled));
    }

    private async Task SweepAsync(int partition, CancellationToken stopping)
    {
        try
        {
            SweepReport report = await log.SweepAsync(partition, stopping);
            metrics.Swept(report);
            TellJump(report.ClockJumpMs);
            if (report != default)
            {
                Log.Swept(logger, partition, report.StreamsTrimmed, report.StateKeysExpired, report.TerminalsEnded);
            }
        }
        catch (LogUnavailableException unavailable)
        {
            WarnSometimes(partition, unavailable.Reason);
        }
    }

    // Each partition tells of the same jump, so one in a minute is logged and counted.
    private void TellJump(long jumpMs)
    {
        long now = clock.GetTimestamp();
        long toldAt = Interlocked.Read(ref _jumpToldAt);
        bool isDue = toldAt == 0 || clock.GetElapsedTime(toldAt, now) >= WarningInterval;
        if (jumpMs != 0 && isDue && Interlocked.CompareExchange(ref _jumpToldAt, now, toldAt) == toldAt)
        {
            metrics.LogClockJumped(jumpMs > 0);
            Log.ClockJumped(logger, Math.Abs(jumpMs) / 1000, jumpMs > 0 ? "forward" : "back");
        }
    }

    private void WarnSometimes(int partition, LogUnavailableReason reason)
    {
        int failures = Interlocked.Increment(ref _failures);
        long now = clock.GetTimestamp();
        long warnedAt = Interlocked.Read(ref _warnedAt);
        bool isDue = warnedAt == 0 || clock.GetElapsedTime(warnedAt, now) >= WarningInterval;
        if (isDue && Interlocked.CompareExchange(ref _warnedAt, now, warnedAt) == warnedAt)
        {
            Log.SweepFailed(logger, partition, reason, failures);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "Swept partition {Partition}: {StreamsTrimmed} streams trimmed, "
            + "{StateKeysExpired} state keys expired, {TerminalsEnded} terminals ended")]
        public static partial void Swept(
            ILogger logger, int partition, int streamsTrimmed, int stateKeysExpired, int terminalsEnded);

        [LoggerMessage(2, LogLevel.Warning, "Partition {Partition} could not be swept ({Reason}); {Failures} such "
            + "failures since the start. It is tried again at the next round; memory of the log may grow meanwhile")]
        public static partial void SweepFailed(
            ILogger logger, int partition, LogUnavailableReason reason, int failures);

        [LoggerMessage(3, LogLevel.Warning,
            "The log's clock jumped {Seconds} s {Direction} against this process' timer. "
            + "Ids stay in order and nothing is trimmed early for it; mend the time synchronisation of Redis' host")]
        public static partial void ClockJumped(ILogger logger, long seconds, string direction);
    }
}
