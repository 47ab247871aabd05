using System.Diagnostics.Metrics;

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
    private readonly Histogram<double> _seconds;

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
            "realtime_ingest_events_refused_total", "{event}", "Events refused by the log, by reason.");
        _requestsRefused = meter.CreateCounter<long>(
            "realtime_ingest_requests_refused_total", "{request}", "Requests refused as a whole, by kind and reason.");
        _terminalBytes = meter.CreateCounter<long>(
            "realtime_ingest_terminal_bytes_total", "By", "Terminal bytes that came in, whatever became of them.");
        _terminalStored = meter.CreateCounter<long>(
            "realtime_ingest_terminal_stored_bytes_total", "By", "Terminal bytes stored.");
        _terminalDuplicate = meter.CreateCounter<long>(
            "realtime_ingest_terminal_duplicate_bytes_total", "By", "Terminal bytes that were there already.");
        _terminalRefused = meter.CreateCounter<long>(
            "realtime_ingest_terminal_refused_bytes_total", "By", "Terminal bytes refused, by reason.");
        _seconds = meter.CreateHistogram<double>(
            "realtime_ingest_duration_seconds", "s", "Time from request to answer, by kind.");
        meter.CreateObservableGauge(
            "realtime_ingest_in_flight_bytes", () => budget.Taken, "By", "Bytes of bodies that the worker holds.");
    }

    /// <summary>Counts the outcomes of one publish.</summary>
    public void Published(IngestResult result)
    {
        _events.Add(result.Outcomes.Count);
        foreach (IngestOutcome outcome in result.Outcomes)
        {
            switch (outcome.Status)
            {
                case IngestStatus.Stored:
                    _stored.Add(1);
                    break;
                case IngestStatus.Duplicate:
                    _duplicate.Add(1);
                    break;
                default:
                    _refused.Add(1, Reason(IngestRefusal.Of(outcome.Status).Code));
                    break;
            }
        }
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

    /// <summary>Counts a request's time.</summary>
    public void Answered(IngestKind kind, TimeSpan elapsed) => _seconds.Record(elapsed.TotalSeconds, Kind(kind));

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
