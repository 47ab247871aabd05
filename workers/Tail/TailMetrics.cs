using System.Diagnostics.Metrics;
using Realtime.Log;

namespace Realtime.Workers.Tail;

/// <summary>What the tails of this worker do.</summary>
internal sealed class TailMetrics
{
    public const string Name = "Realtime.Tail";

    private readonly Counter<long> _events;
    private readonly Counter<long> _losses;
    private readonly Counter<long> _refused;

    public TailMetrics(IMeterFactory meters)
    {
        Meter meter = meters.Create(Name);
        _events = meter.CreateCounter<long>(
            "realtime_tail_events_total", "{event}", "Events read from the log by tails.");
        _losses = meter.CreateCounter<long>(
            "realtime_tail_losses_total", "{loss}",
            "Times a tail found that the history after its position is not whole.");
        _refused = meter.CreateCounter<long>(
            "realtime_tail_refused_total", "{tail}",
            "Streams and terminals not followed because as many are as may be.");
    }

    public void Read(int events) => _events.Add(events);

    public void Refused() => _refused.Add(1);

    public void Lost(ReadOutcome outcome) => _losses.Add(1, new KeyValuePair<string, object?>("reason", outcome switch
    {
        ReadOutcome.Trimmed => "retention",
        ReadOutcome.OtherEpoch => "epoch",
        _ => "not_there",
    }));
}
