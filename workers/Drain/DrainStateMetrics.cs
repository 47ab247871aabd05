using System.Diagnostics.Metrics;
using Realtime.Hosting.Metrics;

namespace Realtime.Workers.Drain;

/// <summary>The drains that go on now.</summary>
internal sealed class DrainStateMetrics
{
    public DrainStateMetrics(IMeterFactory meters, WorkerDrain drain)
    {
        Meter meter = meters.Create(DrainMetrics.MeterName);
        meter.CreateObservableGauge(
            "realtime_drains_running", () => Running(drain), "{drain}", "Drains that go on, by scope.",
            Labels.Named("scope"));
        meter.CreateObservableGauge(
            "realtime_drain_connections_left", () => Left(drain), "{connection}",
            "Connections that running drains have still to let go.");
    }

    private static IEnumerable<Measurement<int>> Running(WorkerDrain drain) =>
    [
        new(drain.State == DrainState.Draining ? 1 : 0, new KeyValuePair<string, object?>("scope", "worker")),
        new(
            drain.Edges.Values.Count(static one => one.Left > 0), new KeyValuePair<string, object?>("scope", "edge")),
    ];

    private static long Left(WorkerDrain drain) =>
        (drain.Status.Progress?.Left ?? 0) + drain.Edges.Values.Sum(static one => (long)one.Left);
}
