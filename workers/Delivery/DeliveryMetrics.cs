using System.Diagnostics.Metrics;
using Realtime.Hosting.Metrics;

namespace Realtime.Workers.Delivery;

/// <summary>What the delivery of this worker does.</summary>
internal sealed class DeliveryMetrics
{
    public const string Name = "Realtime.Delivery";

    private readonly Counter<long> _events;
    private readonly Counter<long> _bytes;
    private readonly Counter<long> _fellBehind;
    private readonly Counter<long> _gaps;
    private readonly Counter<long> _conflated;
    private readonly Counter<long> _evicted;
    private readonly Counter<long> _controlDropped;
    private readonly Counter<long> _subscriptions;
    private readonly Counter<long> _terminalBytes;
    private readonly Counter<long> _terminalWireBytes;
    private readonly Counter<long> _creditStalls;
    private readonly UpDownCounter<long> _bulkInFlight;
    private readonly UpDownCounter<long> _bulkAllowance;
    private readonly Counter<long> _bulkOverdue;
    private readonly Histogram<double> _way;

    public DeliveryMetrics(IMeterFactory meters)
    {
        Meter meter = meters.Create(Name);
        _events = meter.CreateCounter<long>(
            "realtime_delivery_events_total", "{event}", "Events written to connections.");
        _bytes = meter.CreateCounter<long>("realtime_delivery_bytes_total", "By", "Bytes written to connections.");
        _fellBehind = meter.CreateCounter<long>(
            "realtime_delivery_behind_total", "{fall}", "Times a connection's ring was full and it read on by itself.");
        _gaps = meter.CreateCounter<long>("realtime_delivery_gaps_total", "{gap}", "Gaps told to viewers.",
            Labels.Named("reason"));
        _conflated = meter.CreateCounter<long>(
            "realtime_delivery_conflated_total", "{event}", "Values left out for subscriptions that conflate.");
        _evicted = meter.CreateCounter<long>(
            "realtime_delivery_evictions_total", "{connection}",
            "Connections closed because they took nothing for too long.");
        _controlDropped = meter.CreateCounter<long>(
            "realtime_delivery_notices_dropped_total", "{message}",
            "Notices dropped because the connection takes nothing.");
        _subscriptions = meter.CreateCounter<long>(
            "realtime_subscriptions_total", "{subscription}",
            "Subscriptions of events made: fresh, or resumed with a cursor: recovered, or with a gap.",
            Labels.Named("start"));
        _terminalBytes = meter.CreateCounter<long>(
            "realtime_delivery_terminal_bytes_total", "By", "Terminal bytes sent, as producers wrote them.");
        _terminalWireBytes = meter.CreateCounter<long>(
            "realtime_delivery_terminal_wire_bytes_total", "By",
            "The same as they were sent: compressed or not, with what stands around them.");
        _creditStalls = meter.CreateCounter<long>(
            "realtime_delivery_credit_stalls_total", "{stall}",
            "Times that a terminal had more for a viewer than it had acknowledged room for.");
        _bulkInFlight = meter.CreateUpDownCounter<long>(
            "realtime_delivery_bulk_in_flight_bytes", "By",
            "Bytes of terminals and replay that were sent and are not known to have arrived, of all connections.");
        _bulkAllowance = meter.CreateUpDownCounter<long>(
            "realtime_delivery_bulk_allowance_bytes", "By",
            "Bytes of terminals and replay that may be in flight, of all connections that had any.");
        _bulkOverdue = meter.CreateCounter<long>(
            "realtime_delivery_bulk_overdue_total", "{slice}",
            "Slices sent only because acknowledgements were overdue.");
        _way = meter.CreateHistogram<double>(
            "realtime_delivery_round_trip_seconds", "s",
            "Times there and back that were measured anew because the last one was old, or no longer true.",
            advice: Buckets.Latency);
    }

    public void Sent(long events, long bytes)
    {
        _events.Add(events);
        _bytes.Add(bytes);
    }

    public void FellBehind() => _fellBehind.Add(1);

    public void GapTold(Realtime.Protocol.Messages.GapReason reason) =>
        _gaps.Add(
            1, new KeyValuePair<string, object?>(
                "reason", reason == Realtime.Protocol.Messages.GapReason.Epoch ? "epoch" : "retention"));

    public void Conflated() => _conflated.Add(1);

    public void Evicted() => _evicted.Add(1);

    public void ControlDropped() => _controlDropped.Add(1);

    public void BulkChanged(long inFlight, long allowance)
    {
        if (inFlight != 0)
        {
            _bulkInFlight.Add(inFlight);
        }

        if (allowance != 0)
        {
            _bulkAllowance.Add(allowance);
        }
    }

    /// <summary>A subscription was made; <paramref name="recovered"/> is null if it did not resume.</summary>
    public void Subscribed(bool? recovered) => _subscriptions.Add(
        1, new KeyValuePair<string, object?>("start", recovered switch
        {
            null => "fresh",
            true => "recovered",
            false => "gap",
        }));

    public void TerminalSent(long bytes, int wireBytes)
    {
        _terminalBytes.Add(bytes);
        _terminalWireBytes.Add(wireBytes);
    }

    public void CreditStalled() => _creditStalls.Add(1);

    public void BulkOverdue() => _bulkOverdue.Add(1);

    public void WayMeasured(TimeSpan took) => _way.Record(took.TotalSeconds);
}
