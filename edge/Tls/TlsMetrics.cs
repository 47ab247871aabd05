using System.Diagnostics.Metrics;

namespace Realtime.Edge.Tls;

/// <summary>What becomes of certificate files that are changed.</summary>
internal sealed class TlsMetrics
{
    private readonly Counter<long> _reloads;

    public TlsMetrics(IMeterFactory meters)
    {
        Meter meter = meters.Create(EdgeMetrics.MeterName);
        _reloads = meter.CreateCounter<long>(
            "realtime_edge_certificate_reloads_total", "{reload}",
            "Changes of certificate files, by what (server, client_ca) and outcome (taken, refused).");
    }

    public void Reloaded(bool isServer, bool isTaken) => _reloads.Add(
        1, new("what", isServer ? "server" : "client_ca"), new("outcome", isTaken ? "taken" : "refused"));
}
