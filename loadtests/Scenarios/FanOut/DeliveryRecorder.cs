using System.Diagnostics;
using Realtime.Loadtests.Measuring;

namespace Realtime.Loadtests.Scenarios.FanOut;

/// <summary>
/// What all viewers of a run share: the latencies of what was due in the measured time, and how many came in all.
/// </summary>
internal sealed class DeliveryRecorder
{
    private long _from = long.MaxValue;
    private long _until = long.MaxValue;
    private long _deliveries;

    /// <summary>From due to the viewer's callback.</summary>
    public Histogram Latency { get; } = new();

    /// <summary>Deliveries so far, warm-up included, each counted once.</summary>
    public long Deliveries => Volatile.Read(ref _deliveries);

    /// <summary>Sets the measured time, as timestamps; before it only <see cref="Deliveries"/> counts.</summary>
    public void Measure(long from, long until)
    {
        Volatile.Write(ref _until, until);
        Volatile.Write(ref _from, from);
    }

    /// <summary>Takes one delivery that came now.</summary>
    public void Record(long due, long now)
    {
        Interlocked.Increment(ref _deliveries);
        if (due >= Volatile.Read(ref _from) && due < Volatile.Read(ref _until))
        {
            Latency.Record((long)Stopwatch.GetElapsedTime(due, now).TotalMicroseconds);
        }
    }
}
