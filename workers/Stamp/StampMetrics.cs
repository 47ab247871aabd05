using System.Diagnostics.Metrics;
using Realtime.Hosting.Metrics;

namespace Realtime.Workers.Stamp;

/// <summary>Requests whose stamp was not believed.</summary>
internal sealed class StampMetrics
{
    public const string Name = "Realtime.Stamp";

    private readonly Counter<long> _refused;

    public StampMetrics(IMeterFactory meters) => _refused = meters.Create(Name).CreateCounter<long>(
        "realtime_stamps_refused_total", "{request}",
        "Requests that were refused because of their stamp, by its kind and the reason.",
            Labels.Named("kind", "reason"));

    /// <summary>Counts one; both labels are words of this folder.</summary>
    public void Refused(string kind, string reason) =>
        _refused.Add(1, new("kind", kind), new("reason", reason));
}
