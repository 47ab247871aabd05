using System.Diagnostics.Metrics;

namespace Realtime.Workers.History;

/// <summary>
/// What reads over HTTP count. Labels come from closed sets: kinds, reasons (codes of <c>ErrorCodes</c>).
/// </summary>
internal sealed class HistoryMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Realtime.Workers.History";

    private readonly Counter<long> _refused;
    private readonly Counter<long> _aborted;
    private readonly Counter<long> _events;
    private readonly Counter<long> _bytes;
    private readonly Histogram<double> _seconds;

    public HistoryMetrics(IMeterFactory meters)
    {
        Meter meter = meters.Create(MeterName);
        _refused = meter.CreateCounter<long>(
            "realtime.history.refused", "{request}", "Requests refused, by kind and reason.");
        _aborted = meter.CreateCounter<long>(
            "realtime.history.aborted", "{request}", "Downloads broken off: bytes were trimmed, or the log went away.");
        _events = meter.CreateCounter<long>("realtime.history.events", "{event}", "Events answered.");
        _bytes = meter.CreateCounter<long>("realtime.history.terminal.bytes", "By", "Terminal bytes answered.");
        _seconds = meter.CreateHistogram<double>(
            "realtime.history.duration", "s", "Time from request to answer, by kind.");
    }

    /// <summary>Counts a request that was refused.</summary>
    public void Refused(HistoryKind kind, string code) =>
        _refused.Add(1, Kind(kind), new KeyValuePair<string, object?>("reason", code));

    /// <summary>Counts a download that had to be broken off.</summary>
    public void Aborted() => _aborted.Add(1);

    /// <summary>Counts events answered.</summary>
    public void EventsRead(int events) => _events.Add(events);

    /// <summary>Counts terminal bytes answered.</summary>
    public void BytesRead(long bytes) => _bytes.Add(bytes);

    /// <summary>Counts a request's time.</summary>
    public void Answered(HistoryKind kind, TimeSpan elapsed) => _seconds.Record(elapsed.TotalSeconds, Kind(kind));

    private static KeyValuePair<string, object?> Kind(HistoryKind kind) => new("kind", kind switch
    {
        HistoryKind.Events => "events",
        HistoryKind.Agents => "agents",
        _ => "terminal",
    });
}
