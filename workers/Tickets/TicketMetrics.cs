using System.Diagnostics.Metrics;
using Realtime.Hosting.Metrics;

namespace Realtime.Workers.Tickets;

/// <summary>What becomes of tickets.</summary>
internal sealed class TicketMetrics
{
    public const string Name = "Realtime.Tickets";

    private readonly Counter<long> _issued;
    private readonly Counter<long> _redeemed;
    private readonly Counter<long> _refused;

    public TicketMetrics(IMeterFactory meters)
    {
        Meter meter = meters.Create(Name);
        _issued = meter.CreateCounter<long>("realtime_tickets_issued_total", "{ticket}", "Tickets given out.");
        _redeemed = meter.CreateCounter<long>("realtime_tickets_redeemed_total", "{ticket}", "Tickets used.");
        _refused = meter.CreateCounter<long>(
            "realtime_tickets_refused_total", "{ticket}",
            "Tickets not given out (at issue) or not good (at redeem), by reason.",
            Labels.Named("at", "reason"));
    }

    public void Issued() => _issued.Add(1);

    public void Redeemed() => _redeemed.Add(1);

    /// <summary>Counts a refusal; the reason is a word of this folder's code.</summary>
    public void RefusedAtIssue(string reason) => _refused.Add(1, new("at", "issue"), new("reason", reason));

    /// <inheritdoc cref="RefusedAtIssue"/>
    public void RefusedAtRedeem(string reason) => _refused.Add(1, new("at", "redeem"), new("reason", reason));
}
