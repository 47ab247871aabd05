using System.Diagnostics.Metrics;
using Realtime.Hosting.Health;

namespace Realtime.Hosting.Metrics;

/// <summary>What <c>/readyz</c> says, for those who look at metrics.</summary>
internal sealed class HealthMetrics
{
    public const string MeterName = "Realtime.Health";

    public HealthMetrics(IMeterFactory meters, HealthReporter health)
    {
        Meter meter = meters.Create(MeterName);
        meter.CreateObservableGauge(
            "realtime_ready", () => health.Report().Status == ReadinessStatus.Ready ? 1 : 0, "{process}",
            "1 if /readyz says ready; 0 while draining or unready.");
        meter.CreateObservableGauge(
            "realtime_draining", () => health.Report().Status == ReadinessStatus.Draining ? 1 : 0, "{process}",
            "1 while the process leaves service, or has left it.");
    }
}
