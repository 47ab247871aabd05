using System.Diagnostics.Metrics;
using Realtime.Hosting.Metrics;
using Realtime.Log;

namespace Realtime.Workers.Partitions;

/// <summary>What the partitions hold, as they were last looked at. The same from every ingest worker.</summary>
internal sealed class PartitionMetrics
{
    public const string Name = "Realtime.Partitions";

    private readonly Counter<long> _failed;
    private IReadOnlyList<PartitionReport?> _reports = [];

    public PartitionMetrics(IMeterFactory meters, LogOptions log)
    {
        Meter meter = meters.Create(Name);
        meter.CreateObservableGauge(
            "realtime_partition_entries", () => Each(static one => one.Entries), "{entry}", "Entries retained.",
            Labels.Named(Labels.Partition));
        meter.CreateObservableGauge(
            "realtime_partition_bytes", () => Each(static one => one.Bytes), "By", "What the entries take.",
            Labels.Named(Labels.Partition));
        meter.CreateObservableGauge(
            "realtime_partition_depth_entries", () => Each(static one => one.Depth), "{entry}",
            "How far the slowest live reader of any of its streams is behind; 0 where nobody reads.",
            Labels.Named(Labels.Partition));
        meter.CreateObservableGauge(
            "realtime_partition_streams", () => Each(static one => one.Streams), "{stream}",
            "Streams: tenants with a share of the partition.", Labels.Named(Labels.Partition));
        meter.CreateObservableGauge(
            "realtime_partition_skew_ratio", Skew, "1",
            "The largest partition's entries by their mean: 1 = all alike, 1.2 = a fifth above.");
        meter.CreateObservableGauge(
            "realtime_partition_depth_limit_entries", () => log.QueueDepthMax, "{entry}",
            "Depth at which appends are refused.");
        meter.CreateObservableGauge(
            "realtime_log_retention_seconds", () => log.RetentionHours * 3600, "s", "How long events are kept.");
        _failed = meter.CreateCounter<long>(
            "realtime_partition_looks_failed_total", "{look}", "Looks at a partition that had no answer.");
    }

    /// <summary>What was seen; null where there was no answer, of which nothing is told then.</summary>
    public void Saw(IReadOnlyList<PartitionReport?> reports)
    {
        Volatile.Write(ref _reports, reports);
        int failed = reports.Count(static one => one is null);
        if (failed > 0)
        {
            _failed.Add(failed);
        }
    }

    private IEnumerable<Measurement<long>> Each(Func<PartitionReport, long> select) =>
        Volatile.Read(ref _reports)
            .Select((report, partition) => (Report: report, Partition: partition))
            .Where(static one => one.Report is not null)
            .Select(one => new Measurement<long>(
                select(one.Report!.Value), new KeyValuePair<string, object?>(Labels.Partition, one.Partition)));

    private IEnumerable<Measurement<double>> Skew() =>
        PartitionSkew.Of([.. Volatile.Read(ref _reports).OfType<PartitionReport>()]) is { } skew
            ? [new Measurement<double>(skew)]
            : [];
}
