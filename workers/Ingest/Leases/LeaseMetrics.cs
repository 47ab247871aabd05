using System.Diagnostics.Metrics;
using Realtime.Hosting.Metrics;
using Realtime.Log;

namespace Realtime.Workers.Ingest.Leases;

/// <summary>What leases count. Labels come from closed sets: kinds, reasons (codes of <c>ErrorCodes</c>).</summary>
internal sealed class LeaseMetrics
{
    private readonly Counter<long> _taken;
    private readonly Counter<long> _renewed;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _released;
    private readonly Counter<long> _lost;
    private readonly Counter<long> _ended;
    private readonly Counter<long> _extended;
    private readonly Counter<long> _failed;

    public LeaseMetrics(IMeterFactory meters)
    {
        Meter meter = meters.Create(IngestMetrics.MeterName);
        _taken = meter.CreateCounter<long>("realtime_ingest_leases_taken_total", "{lease}", "Leases taken anew.");
        _renewed = meter.CreateCounter<long>("realtime_ingest_leases_renewed_total", "{lease}", "Leases renewed.");
        _refused = meter.CreateCounter<long>(
            "realtime_ingest_leases_refused_total", "{lease}", "Leases not given, by reason.",
            Labels.Named("reason"));
        _released = meter.CreateCounter<long>("realtime_ingest_leases_released_total", "{lease}", "Leases given back.");
        _lost = meter.CreateCounter<long>(
            "realtime_ingest_leases_lost_total", "{lease}", "Leases that ran out, by kind: their holders are lost.",
            Labels.Named("kind"));
        _ended = meter.CreateCounter<long>(
            "realtime_ingest_leases_terminals_ended_total", "{terminal}", "Terminals of lost tasks that were ended.");
        _extended = meter.CreateCounter<long>(
            "realtime_ingest_leases_extended_total", "{lease}",
            "Leases that got a new term because nobody had looked for too long.");
        _failed = meter.CreateCounter<long>(
            "realtime_ingest_leases_sweeps_failed_total", "{sweep}", "Sweeps of a partition's leases that failed.");
    }

    public void Taken(bool isRenewed) => (isRenewed ? _renewed : _taken).Add(1);

    public void Refused(string code) => _refused.Add(1, new KeyValuePair<string, object?>("reason", code));

    public void Released() => _released.Add(1);

    public void SweepFailed() => _failed.Add(1);

    /// <summary>Counts what a sweep did.</summary>
    public void Swept(LeaseSweepReport report)
    {
        Lost("agent", report.AgentsLost);
        Lost("task", report.TasksLost);
        Add(_ended, report.TerminalsEnded);
        Add(_extended, report.Extended);
    }

    private void Lost(string kind, int count) =>
        Add(_lost, count, new KeyValuePair<string, object?>("kind", kind));

    // Nothing is what happens in most rounds.
    private static void Add(Counter<long> counter, int count, params ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (count > 0)
        {
            counter.Add(count, tags);
        }
    }
}
