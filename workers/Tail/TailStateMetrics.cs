using System.Diagnostics.Metrics;
using Realtime.Hosting.Metrics;
using Realtime.Log;

namespace Realtime.Workers.Tail;

/// <summary>What this worker follows, and how far behind the log it is with that.</summary>
internal sealed class TailStateMetrics
{
    public TailStateMetrics(
        IMeterFactory meters, TailRegistry<StreamKey, StreamTail> streams,
        TailRegistry<TerminalKey, TerminalTail> terminals, LogWatch watch)
    {
        Meter meter = meters.Create(TailMetrics.Name);
        meter.CreateObservableGauge(
            "realtime_tails",
            () => (Measurement<int>[])
            [
                new(streams.Count, new KeyValuePair<string, object?>("kind", "events")),
                new(terminals.Count, new KeyValuePair<string, object?>("kind", "terminal")),
            ],
            "{tail}", "Streams and terminals that are followed for viewers here.", Labels.Named("kind"));
        meter.CreateObservableGauge(
            "realtime_partition_lag_entries", () => LagOf(streams), "{entry}",
            "Entries that the log is known to hold and this worker's tails have still to read: the largest of each "
            + "partition.",
            Labels.Named(Labels.Partition));
        meter.CreateObservableGauge(
            "realtime_log_available", () => watch.IsAvailable ? 1 : 0, "{log}", "1 while tails can read the log.");
    }

    private static IEnumerable<Measurement<long>> LagOf(TailRegistry<StreamKey, StreamTail> streams) => streams.All
        .GroupBy(static one => one.Key.Partition, static one => one.Value.Lag)
        .Select(static one =>
            new Measurement<long>(one.Max(), new KeyValuePair<string, object?>(Labels.Partition, one.Key)));
}
