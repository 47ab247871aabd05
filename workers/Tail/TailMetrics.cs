using System.Diagnostics.Metrics;
using Realtime.Hosting.Metrics;
using Realtime.Log;
using Realtime.Workers.Delivery;

namespace Realtime.Workers.Tail;

/// <summary>What the tails of this worker do.</summary>
internal sealed class TailMetrics
{
    public const string Name = "Realtime.Tail";

    private readonly Counter<long> _events;
    private readonly Counter<long> _losses;
    private readonly Counter<long> _refused;
    private readonly Histogram<double> _toSend;
    private readonly Histogram<double> _endToEnd;
    private long _clockOffsetMs;

    public TailMetrics(IMeterFactory meters)
    {
        Meter meter = meters.Create(Name);
        _events = meter.CreateCounter<long>(
            "realtime_tail_events_total", "{event}", "Events read from the log by tails.");
        _losses = meter.CreateCounter<long>(
            "realtime_tail_losses_total", "{loss}",
            "Times a tail found that the history after its position is not whole.",
            Labels.Named("reason"));
        _refused = meter.CreateCounter<long>(
            "realtime_tail_refused_total", "{tail}",
            "Streams and terminals not followed because as many are as may be.");
        _toSend = meter.CreateHistogram<double>(
            "realtime_event_append_to_send_seconds", "s",
            "Time from an event's append to the making of its frames, both by the log's clock; once for each event.",
            advice: Buckets.Latency);
        _endToEnd = meter.CreateHistogram<double>(
            "realtime_event_end_to_end_seconds", "s",
            "Time from what the producer gave as ts to the making of the event's frames, by the producer's and the "
            + "log's clocks; less than nothing counts as nothing.",
            advice: Buckets.Latency);
        meter.CreateObservableGauge(
            "realtime_log_clock_offset_seconds", () => Volatile.Read(ref _clockOffsetMs) / 1000.0, "s",
            "By how much this process' clock is ahead of the log's, as the last read of events showed.");
    }

    public void Read(int events) => _events.Add(events);

    /// <summary>
    /// Notes what the log's clock said, ms since 1970, when this process' clock said <paramref name="here"/>.
    /// </summary>
    public void LogClock(long logNowMs, DateTimeOffset here) =>
        Volatile.Write(ref _clockOffsetMs, here.ToUnixTimeMilliseconds() - logNowMs);

    /// <summary>
    /// Notes how late events were when they had been routed, which is when their frames were made: once for each
    /// event, however many viewers it has. The log's clock is this process' less what the last read found between
    /// them; the producer's clock is taken as it is.
    /// </summary>
    /// <param name="events">What was routed.</param>
    /// <param name="here">This process' clock now.</param>
    public void Routed(ReadOnlySpan<SharedEvent> events, DateTimeOffset here)
    {
        double nowMs = (here - DateTimeOffset.UnixEpoch).TotalMilliseconds - Volatile.Read(ref _clockOffsetMs);
        foreach (SharedEvent item in events)
        {
            _toSend.Record(Math.Max(0, nowMs - item.Position.Entry.Ms) / 1000);
            if (item.Envelope.ProducedMs is { } producedMs)
            {
                _endToEnd.Record(Math.Max(0, nowMs - producedMs) / 1000);
            }
        }
    }

    public void Refused() => _refused.Add(1);

    public void Lost(ReadOutcome outcome) => _losses.Add(1, new KeyValuePair<string, object?>("reason", outcome switch
    {
        ReadOutcome.Trimmed => "retention",
        ReadOutcome.OtherEpoch => "epoch",
        _ => "not_there",
    }));
}
