using System.Diagnostics.Metrics;
using Realtime.Hosting.Metrics;
using Realtime.Log;
using Realtime.Protocol.Events;

namespace Realtime.Workers.Ingest;

/// <summary>What ingest counts. Labels come from closed sets: kinds, reasons (codes of <c>ErrorCodes</c>).</summary>
internal sealed class IngestMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Realtime.Ingest";

    private readonly Counter<long> _events;
    private readonly Counter<long> _stored;
    private readonly Counter<long> _duplicate;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _requestsRefused;
    private readonly Counter<long> _terminalBytes;
    private readonly Counter<long> _terminalStored;
    private readonly Counter<long> _terminalDuplicate;
    private readonly Counter<long> _terminalRefused;
    private readonly Counter<long> _clockJumps;
    private readonly Counter<long> _swept;
    private readonly Histogram<long> _batch;
    private readonly Histogram<double> _seconds;
    private readonly Histogram<double> _toAppend;

    public IngestMetrics(IMeterFactory meters, ByteBudget budget)
    {
        Meter meter = meters.Create(MeterName);
        _events = meter.CreateCounter<long>(
            "realtime_ingest_events_total", "{event}", "Events that came in readable requests.");
        _stored = meter.CreateCounter<long>(
            "realtime_ingest_events_stored_total", "{event}", "Events stored.");
        _duplicate = meter.CreateCounter<long>(
            "realtime_ingest_events_duplicate_total", "{event}", "Events that were stored before.");
        _refused = meter.CreateCounter<long>(
            "realtime_ingest_events_refused_total", "{event}", "Events refused by the log, by reason.",
            Labels.Named("reason"));
        _requestsRefused = meter.CreateCounter<long>(
            "realtime_ingest_requests_refused_total", "{request}", "Requests refused as a whole, by kind and reason.",
            Labels.Named("kind", "reason"));
        _terminalBytes = meter.CreateCounter<long>(
            "realtime_ingest_terminal_bytes_total", "By", "Terminal bytes that came in, whatever became of them.");
        _terminalStored = meter.CreateCounter<long>(
            "realtime_ingest_terminal_stored_bytes_total", "By", "Terminal bytes stored.");
        _terminalDuplicate = meter.CreateCounter<long>(
            "realtime_ingest_terminal_duplicate_bytes_total", "By", "Terminal bytes that were there already.");
        _terminalRefused = meter.CreateCounter<long>(
            "realtime_ingest_terminal_refused_bytes_total", "By", "Terminal bytes refused, by reason.",
            Labels.Named("reason"));
        _clockJumps = meter.CreateCounter<long>(
            "realtime_ingest_log_clock_jumps_total", "{jump}", "Jumps of the log's clock, by direction.",
            Labels.Named("direction"));
        _swept = meter.CreateCounter<long>(
            "realtime_ingest_swept_total", "{thing}",
            "What retention took away in sweeps: streams trimmed, state keys expired, idle terminals ended.",
            Labels.Named("what"));
        _batch = meter.CreateHistogram<long>(
            "realtime_ingest_batch_events", "{event}", "Events of one publish.", advice: Buckets.Batch);
        _toAppend = meter.CreateHistogram<double>(
            "realtime_event_publish_to_append_seconds", "s",
            "Time from what the producer gave as ts to the event's append, by the producer's and the log's clocks; "
            + "less than nothing counts as nothing.",
            advice: Buckets.Latency);
        _seconds = meter.CreateHistogram<double>(
            "realtime_ingest_duration_seconds", "s", "Time from request to answer, by kind.",
            Labels.Named("kind"), advice: Buckets.Latency);
        meter.CreateObservableGauge(
            "realtime_ingest_in_flight_bytes", () => budget.Taken, "By", "Bytes of bodies that the worker holds.");
    }

    /// <summary>Counts the outcomes of one publish, each of the event at its place.</summary>
    public void Published(IngestResult result, IReadOnlyList<PublishEvent> events)
    {
        int count = result.Outcomes.Count;
        _events.Add(count);
        _batch.Record(count);
        int stored = 0;
        int duplicate = 0;
        for (int i = 0; i < count; i++)
        {
            IngestOutcome outcome = result.Outcomes[i];
            switch (outcome.Status)
            {
                case IngestStatus.Stored:
                    stored++;
                    if (events[i].Envelope.ProducedMs is { } producedMs)
                    {
                        _toAppend.Record(Math.Max(0, outcome.Id.Entry.Ms - producedMs) / 1000.0);
                    }

                    break;
                case IngestStatus.Duplicate:
                    duplicate++;
                    break;
                default:
                    _refused.Add(1, Reason(IngestRefusal.Of(outcome.Status).Code));
                    break;
            }
        }

        _stored.Add(stored);
        _duplicate.Add(duplicate);
    }

    /// <summary>Counts what a sweep took away; mostly nothing.</summary>
    public void Swept(SweepReport report)
    {
        Swept("streams", report.StreamsTrimmed);
        Swept("state_keys", report.StateKeysExpired);
        Swept("terminals", report.TerminalsEnded);
    }

    /// <summary>Counts terminal bytes that came in.</summary>
    public void TerminalBytesIn(int bytes) => _terminalBytes.Add(bytes);

    /// <summary>Counts terminal bytes that are stored, and those that were there already.</summary>
    public void TerminalBytesStored(int stored, int duplicate)
    {
        _terminalStored.Add(stored);
        _terminalDuplicate.Add(duplicate);
    }

    /// <summary>Counts terminal bytes that were refused.</summary>
    public void TerminalBytesRefused(int bytes, string code) => _terminalRefused.Add(bytes, Reason(code));

    /// <summary>Counts a request that was refused as a whole.</summary>
    public void Refused(IngestKind kind, string code) => _requestsRefused.Add(1, Kind(kind), Reason(code));

    /// <summary>Counts a jump of the log's clock.</summary>
    public void LogClockJumped(bool isForward) =>
        _clockJumps.Add(1, new KeyValuePair<string, object?>("direction", isForward ? "forward" : "back"));

    /// <summary>Counts a request's time.</summary>
    public void Answered(IngestKind kind, TimeSpan elapsed) => _seconds.Record(elapsed.TotalSeconds, Kind(kind));

    private void Swept(string what, int count)
    {
        if (count > 0)
        {
            _swept.Add(count, new KeyValuePair<string, object?>("what", what));
        }
    }

    private static KeyValuePair<string, object?> Reason(string code) => new("reason", code);

    private static KeyValuePair<string, object?> Kind(IngestKind kind) => new("kind", kind switch
    {
        IngestKind.Events => "events",
        IngestKind.Terminal => "terminal",
        IngestKind.TerminalResize => "terminal_resize",
        IngestKind.Lease => "lease",
        IngestKind.LeaseRelease => "lease_release",
        _ => "terminal_end",
    });
}
