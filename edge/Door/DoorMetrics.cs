using System.Diagnostics.Metrics;

namespace Realtime.Edge.Door;

/// <summary>How crowded it is before the door. What is refused, <see cref="EdgeMetrics"/> counts.</summary>
internal sealed class DoorMetrics
{
    public DoorMetrics(IMeterFactory meters, HandshakeGate gate, AddressLimits limits)
    {
        Meter meter = meters.Create(EdgeMetrics.MeterName);
        meter.CreateObservableGauge(
            "realtime_edge_handshakes_waiting", () => gate.Waiting, "{handshake}", "TLS handshakes that wait.");
        meter.CreateObservableGauge(
            "realtime_edge_addresses", () => limits.Known, "{address}", "Addresses that are told apart now.");
    }
}
