using System.Diagnostics.Metrics;
using Realtime.Hosting.Metrics;

namespace Realtime.Workers.Revocations;

/// <summary>Revocations of this worker.</summary>
internal sealed class RevocationMetrics
{
    public const string Name = "Realtime.Revocations";

    private readonly Counter<long> _refused;
    private readonly Counter<long> _changes;

    public RevocationMetrics(IMeterFactory meters, RevocationSet revocations)
    {
        Meter meter = meters.Create(Name);
        meter.CreateObservableUpDownCounter(
            "realtime_revocations", () => (long)revocations.Count, "{revocation}", "Revocations in force.");
        _refused = meter.CreateCounter<long>(
            "realtime_revoked_refused_total", "{token}",
            "Revoked tokens that were not accepted, by where: a request, auth on an open connection, or an open "
            + "connection that was ended.",
            Labels.Named("where"));
        _changes = meter.CreateCounter<long>(
            "realtime_revocation_changes_total", "{revocation}",
            "Revocations taken, by source: an operator's order, or the log; and orders that could not be kept, by "
            + "reason.",
            Labels.Named("source"));
    }

    /// <summary>One token was not accepted: <c>request</c>, <c>auth</c> or <c>connection</c>.</summary>
    public void Refused(string where) => _refused.Add(1, new KeyValuePair<string, object?>("where", where));

    /// <summary>One was taken (<c>order</c>, <c>log</c>) or not (<c>full</c>, <c>log_unavailable</c>).</summary>
    public void Changed(string source) => _changes.Add(1, new KeyValuePair<string, object?>("source", source));
}
