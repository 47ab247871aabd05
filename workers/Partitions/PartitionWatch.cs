using Realtime.Log;

namespace Realtime.Workers.Partitions;

/// <summary>
/// Looks at all partitions now and then: for metrics, and to warn of one that is much larger than the others. Every
/// ingest worker does it; looking changes nothing.
/// </summary>
internal sealed partial class PartitionWatch(
    IPartitionedLog log, PartitionWatchOptions options, PartitionMetrics metrics, TimeProvider clock,
    ILogger<PartitionWatch> logger)
    : BackgroundService
{
    // Most of a second for a log that is busy; a round of looks costs a twentieth of the time at most.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan WarningInterval = TimeSpan.FromHours(1);
    private const int LooksAtOnce = 4;
    private const int Share = 20;

    private long _warnedAt;
    private bool _isSkewed;

    /// <summary>One round.</summary>
    internal async Task LookAsync(CancellationToken stopping)
    {
        var reports = new PartitionReport?[log.PartitionCount];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = LooksAtOnce, CancellationToken = stopping };
        await Parallel.ForAsync(0, reports.Length, parallel, async (partition, cancelled) =>
            reports[partition] = await DescribeAsync(partition, cancelled));
        metrics.Saw(reports);
        Judge([.. reports.OfType<PartitionReport>()]);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                long startedAt = clock.GetTimestamp();
                await LookAsync(stoppingToken);
                TimeSpan rest = clock.GetElapsedTime(startedAt) * Share;
                double jitter = 0.8 + (0.4 * Random.Shared.NextDouble());
                await Task.Delay(
                    rest > options.Interval ? rest : options.Interval * jitter, clock, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The end of the process.
        }
    }

    private async Task<PartitionReport?> DescribeAsync(int partition, CancellationToken stopping)
    {
        using var patience = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, stopping);
        try
        {
            return await log.DescribeAsync(partition, tenant: null, either.Token);
        }
        catch (Exception away) when (away is LogUnavailableException
            || (away is OperationCanceledException && !stopping.IsCancellationRequested))
        {
            return null;
        }
    }

    private void Judge(IReadOnlyCollection<PartitionReport> reports)
    {
        // Some of them tell nothing of all.
        if (reports.Count < log.PartitionCount || PartitionSkew.Of(reports) is not { } skew)
        {
            return;
        }

        double percent = (skew - 1) * 100;
        bool isSkewed = PartitionSkew.MeanOf(reports) >= options.SkewEntriesMin && percent > options.SkewWarningPercent;
        long now = clock.GetTimestamp();
        if (isSkewed && (!_isSkewed || clock.GetElapsedTime(_warnedAt, now) >= WarningInterval))
        {
            _warnedAt = now;
            Log.Skewed(logger, percent, options.SkewWarningPercent);
        }
        else if (_isSkewed && !isSkewed)
        {
            Log.Even(logger, percent);
        }

        _isSkewed = isSkewed;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning,
            "The largest partition holds {Percent:0} % more entries than the mean, beyond the {Limit} % of "
            + "telemetry:partitions:skew_warning_percent. One agent, task or `group` gets most events: spread what "
            + "needs no common order over several groups; GET /admin/partitions?tenant= shows whose it is.")]
        public static partial void Skewed(ILogger logger, double percent, int limit);

        [LoggerMessage(2, LogLevel.Information,
            "The partitions are even again: the largest is {Percent:0} % above the mean.")]
        public static partial void Even(ILogger logger, double percent);
    }
}
