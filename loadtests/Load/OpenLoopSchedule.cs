using System.Diagnostics;

namespace Realtime.Loadtests.Load;

/// <summary>
/// When each of a series is due: at a fixed rate from a start, whatever became of those before. Latency counted from
/// here holds the time in which a slow system kept the load waiting (no coordinated omission). Times are
/// <see cref="Stopwatch"/> timestamps.
/// </summary>
internal readonly record struct OpenLoopSchedule(long Start, int RatePerSecond)
{
    /// <summary>When number <paramref name="index"/> (from 0) is due.</summary>
    public long DueOf(long index) => Start + (long)((Int128)index * Stopwatch.Frequency / RatePerSecond);

    /// <summary>How many are due before <paramref name="elapsed"/> has passed.</summary>
    public long CountIn(TimeSpan elapsed) =>
        (long)(((Int128)elapsed.Ticks * RatePerSecond + TimeSpan.TicksPerSecond - 1) / TimeSpan.TicksPerSecond);

    /// <summary>Waits until number <paramref name="index"/> is due.</summary>
    public async ValueTask WaitForAsync(long index, TimeProvider time, CancellationToken stopping)
    {
        long due = DueOf(index);
        while (Stopwatch.GetTimestamp() is var now && now < due)
        {
            // Timers know whole milliseconds: rounded up, so that nothing is early and no core spins.
            double milliseconds = Stopwatch.GetElapsedTime(now, due).TotalMilliseconds;
            await Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(milliseconds)), time, stopping);
        }
    }
}
