using System.Diagnostics.Metrics;
using System.Text.Json;
using Realtime.Edge.Forwarding;
using Realtime.Edge.Limits;
using Realtime.Edge.Tls;
using Realtime.Hosting.Metrics;

namespace Realtime.Edge;

/// <summary>What the edge knows of its workers and of its certificate, now.</summary>
internal sealed class EdgeStateMetrics
{
    private static readonly (WorkerState State, string Name)[] States =
    [
        .. Enum.GetValues<WorkerState>()
            .Select(static state => (state, JsonNamingPolicy.SnakeCaseLower.ConvertName(state.ToString()))),
    ];

    public EdgeStateMetrics(
        IMeterFactory meters, WorkerTable workers, EdgeCertificate certificate, ConnectionLimitOptions limits)
    {
        Meter meter = meters.Create(EdgeMetrics.MeterName);
        meter.CreateObservableGauge(
            "realtime_edge_workers", () => CountStates(workers), "{worker}",
            "Workers that are configured, by what their last probe found.", Labels.Named("state"));
        meter.CreateObservableGauge(
            "realtime_edge_workers_available", () => workers.All.Count(static worker => worker.IsAvailable),
            "{worker}", "Workers that get new work: none of them means that nobody is served.");
        meter.CreateObservableGauge(
            "realtime_edge_certificate_not_after_timestamp_seconds",
            () => certificate.Current.NotAfter.ToUnixTimeSeconds(), "s",
            "When the certificate that new handshakes get ends, since 1970.");
        meter.CreateObservableGauge(
            "realtime_edge_connections_limit", () => limits.ConnectionsMax, "{connection}",
            "Most connections that this edge holds at once.");
    }

    private static IEnumerable<Measurement<int>> CountStates(WorkerTable workers)
    {
        ILookup<WorkerState, Worker> byState = workers.All.ToLookup(static worker => worker.State);
        return States.Select(one =>
            new Measurement<int>(byState[one.State].Count(), new KeyValuePair<string, object?>("state", one.Name)));
    }
}
