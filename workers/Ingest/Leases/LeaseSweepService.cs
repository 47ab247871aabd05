using Realtime.Log;

namespace Realtime.Workers.Ingest.Leases;

/// <summary>
/// Looks for leases that ran out: every interval in each partition. Every ingest worker does it, so that one that dies
/// is missed by nobody; the log sees to it that each holder is declared lost once.
/// </summary>
internal sealed partial class LeaseSweepService(
    IPartitionedLog log, LogOptions logOptions, LeaseMetrics metrics, TimeProvider clock,
    ILogger<LeaseSweepService> logger)
    : BackgroundService
{
    // A round over 1,024 partitions must stay far below the silence after which all leases get a new term.
    private const int Concurrency = 16;

    // While the log is away, one line a minute says so; the log's own probe tells when it went and came.
    private static readonly TimeSpan WarningInterval = TimeSpan.FromMinutes(1);

    private long _warnedAt;

    protected override async Task ExecuteAsync(CancellationToken stopping)
    {
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = stopping };
        try
        {
            while (true)
            {
                await Parallel.ForAsync(0, log.PartitionCount, parallel, SweepAsync);

                // Earlier rather than later, and never twice in step with another worker.
                double jitter = 0.8 + (0.2 * Random.Shared.NextDouble());
                await Task.Delay(logOptions.LeaseSweepInterval * jitter, clock, stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The end of the process.
        }
    }

    private async ValueTask SweepAsync(int partition, CancellationToken stopping)
    {
        try
        {
            LeaseSweepReport report = await log.SweepLeasesAsync(partition, stopping);
            metrics.Swept(report);
            if (report.AgentsLost + report.TasksLost + report.TerminalsEnded > 0)
            {
                Log.Lost(logger, partition, report.AgentsLost, report.TasksLost, report.TerminalsEnded);
            }

            if (report.Failure is { } failure)
            {
                metrics.SweepFailed();
                Warn(partition, failure, report.Failed);
            }

            if (report.Extended > 0)
            {
                Log.Extended(logger, partition, report.Extended);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            // The next round looks again, and begins where this one broke off.
            metrics.SweepFailed();
            Warn(partition, failure, failed: 0);
        }
    }

    private void Warn(int partition, Exception failure, int failed)
    {
        long now = clock.GetTimestamp();
        long warnedAt = Interlocked.Read(ref _warnedAt);
        bool isDue = warnedAt == 0 || clock.GetElapsedTime(warnedAt, now) >= WarningInterval;
        if (!isDue || Interlocked.CompareExchange(ref _warnedAt, now, warnedAt) != warnedAt)
        {
            return;
        }

        if (failure is LogUnavailableException { Reason: var reason } && failed > 0)
        {
            Log.Left(logger, partition, failed, reason);
        }
        else if (failure is LogUnavailableException { Reason: var away })
        {
            Log.Unavailable(logger, partition, away);
        }
        else
        {
            Log.Failed(logger, failure, partition);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Leases of partition {Partition} ran out: {Agents} agents and {Tasks} "
            + "tasks were declared lost, {Terminals} terminals ended")]
        public static partial void Lost(ILogger logger, int partition, int agents, int tasks, int terminals);

        [LoggerMessage(2, LogLevel.Information, "{Leases} leases of partition {Partition} got a new term, as nobody "
            + "had looked at them for too long: the log or all ingest workers were away")]
        public static partial void Extended(ILogger logger, int partition, int leases);

        [LoggerMessage(3, LogLevel.Warning, "Leases of partition {Partition} could not be looked at ({Reason}), and "
            + "nobody is declared lost meanwhile. It is tried again at the next round")]
        public static partial void Unavailable(ILogger logger, int partition, LogUnavailableReason reason);

        [LoggerMessage(4, LogLevel.Error, "Looking at the leases of partition {Partition} met a fault of ours")]
        public static partial void Failed(ILogger logger, Exception failure, int partition);

        [LoggerMessage(5, LogLevel.Warning, "{Leases} leases of partition {Partition} ran out, but their holders could "
            + "not be declared lost or their terminals not be ended ({Reason}). It is tried again at the next round")]
        public static partial void Left(ILogger logger, int partition, int leases, LogUnavailableReason reason);
    }
}
