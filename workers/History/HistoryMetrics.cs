using System.Diagnostics.Metrics;
using Realtime.Hosting.Metrics;

namespace Realtime.Workers.History;

/// <summary>
/// What reads over HTTP count. Labels come from closed sets: kinds, reasons (codes of <c>ErrorCodes</c>, and whose
/// places are taken: <c>tenant_places</c>, <c>worker_places</c>).
/// </summary>
internal sealed class HistoryMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Realtime.History";

    private readonly Counter<long> _refused;
    private readonly Counter<long> _aborted;
    private readonly Counter<long> _events;
    private readonly Counter<long> _bytes;
    private readonly Histogram<double> _seconds;

    public HistoryMetrics(IMeterFactory meters)
    {
        Meter meter = meters.Create(MeterName);
        _refused = meter.CreateCounter<long>(
            "realtime_history_refused_total", "{request}", "Requests refused, by kind and reason.",
            Labels.Named("kind", "reason"));
        _aborted = meter.CreateCounter<long>(
            "realtime_history_aborted_total", "{request}",
            "Downloads broken off: bytes were trimmed, or the log went away.");
        _events = meter.CreateCounter<long>("realtime_history_events_total", "{event}", "Events answered.");
        _bytes = meter.CreateCounter<long>(
            "realtime_history_terminal_bytes_total", "By", "Terminal bytes answered.");
        _seconds = meter.CreateHistogram<double>(
            "realtime_history_duration_seconds", "s", "Time from request to answer, by kind.",
            Labels.Named("kind"), advice: Buckets.Latency);
    }

    /// <summary>Counts a request that was refused.</summary>
    public void Refused(HistoryKind kind, string reason) =>
        _refused.Add(1, Kind(kind), new KeyValuePair<string, object?>("reason", reason));

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
