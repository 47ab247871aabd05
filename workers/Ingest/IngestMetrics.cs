using System.Diagnostics.Metrics;

namespace Realtime.Workers.Ingest;

/// <summary>What ingest counts. Labels come from closed sets: kinds, reasons (codes of <c>ErrorCodes</c>).</summary>
internal sealed class IngestMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Realtime.Workers.Ingest";

    private readonly Counter<long> _events;
    private readonly Counter<long> _stored;
    private readonly Counter<long> _duplicate;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _requestsRefused;
    private readonly Counter<long> _terminalBytes;
    private readonly Histogram<double> _seconds;

    public IngestMetrics(IMeterFactory meters, ByteBudget budget)
    {
        Meter meter = meters.Create(MeterName);
        _events = meter.CreateCounter<long>(
            "realtime.ingest.events", "{event}", "Events that came in readable requests.");
        _stored = meter.CreateCounter<long>("realtime.ingest.events.stored", "{event}", "Events stored.");
        _duplicate = meter.CreateCounter<long>(
            "realtime.ingest.events.duplicate", "{event}", "Events that were stored before.");
        _refused = meter.CreateCounter<long>(
            "realtime.ingest.events.refused", "{event}", "Events refused by the log, by reason.");
        _requestsRefused = meter.CreateCounter<long>(
            "realtime.ingest.requests.refused", "{request}", "Requests refused as a whole, by kind and reason.");
        _terminalBytes = meter.CreateCounter<long>(
            "realtime.ingest.terminal.bytes", "By", "Terminal bytes that came in.");
        _seconds = meter.CreateHistogram<double>(
            "realtime.ingest.duration", "s", "Time from request to answer, by kind.");
        meter.CreateObservableGauge(
            "realtime.ingest.in_flight", () => budget.Taken, "By", "Bytes of bodies that the worker holds.");
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
    public void TerminalAppended(int bytes) => _terminalBytes.Add(bytes);

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
        _ => "terminal_end",
    });
}
