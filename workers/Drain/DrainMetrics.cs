using System.Diagnostics.Metrics;
using Realtime.Hosting.Metrics;

namespace Realtime.Workers.Drain;

/// <summary>Drains of this worker.</summary>
internal sealed class DrainMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Realtime.Drain";

    private readonly Counter<long> _started;
    private readonly Counter<long> _told;
    private readonly Counter<long> _cut;
    private readonly Counter<long> _raised;
    private readonly Histogram<double> _took;

    public DrainMetrics(IMeterFactory meters)
    {
        Meter meter = meters.Create(MeterName);
        _started = meter.CreateCounter<long>("realtime_drain_started_total", "{drain}", "Drains begun, by scope.",
            Labels.Named("scope"));
        _told = meter.CreateCounter<long>(
            "realtime_drain_told_total", "{connection}", "Connections told to leave by a drain.");
        _cut = meter.CreateCounter<long>(
            "realtime_drain_cut_total", "{connection}", "Connections cut because they were there at the deadline.");
        _raised = meter.CreateCounter<long>(
            "realtime_drain_pace_raised_total", "{order}",
            "Orders whose deadline asked for a higher pace than was ordered.");
        _took = meter.CreateHistogram<double>(
            "realtime_drain_duration_seconds", "s", "Time from a drain's begin until none of its connections was left.",
            advice: Buckets.Duration);
    }

    public void Started(bool isOfWorker) =>
        _started.Add(1, new KeyValuePair<string, object?>("scope", isOfWorker ? "worker" : "edge"));

    public void Told() => _told.Add(1);

    public void Cut(int connections) => _cut.Add(connections);

    public void Raised() => _raised.Add(1);

    public void Ended(TimeSpan took) => _took.Record(took.TotalSeconds);
}
