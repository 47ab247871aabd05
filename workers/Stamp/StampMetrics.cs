using System.Diagnostics.Metrics;

namespace Realtime.Workers.Stamp;

/// <summary>Stamps of edges that were not believed though they are signed.</summary>
internal sealed class StampMetrics
{
    public const string Name = "Realtime.Stamp";

    private readonly Counter<long> _refused;

    public StampMetrics(IMeterFactory meters) => _refused = meters.Create(Name).CreateCounter<long>(
        "realtime_stamps_refused_total", "{request}",
        "Requests whose stamp is signed by an edge and was refused all the same, by kind and reason.");

    /// <summary>Counts one; both labels are words of this folder.</summary>
    public void Refused(string kind, string reason) =>
        _refused.Add(1, new("kind", kind), new("reason", reason));
}
