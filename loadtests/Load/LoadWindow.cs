using System.Diagnostics;

namespace Realtime.Loadtests.Load;

/// <summary>When the load of a run begins, and when it is measured; all of a run keep to it. Timestamps.</summary>
/// <param name="Start">The load begins, with the warm-up.</param>
/// <param name="From">Measuring begins.</param>
/// <param name="Until">It ends, and the load too.</param>
internal readonly record struct LoadWindow(long Start, long From, long Until)
{
    // Time to begin all that must be under way at the start.
    private static readonly TimeSpan StartDelay = TimeSpan.FromMilliseconds(500);

    /// <summary>Seconds that are measured.</summary>
    public double Seconds => Stopwatch.GetElapsedTime(From, Until).TotalSeconds;

    /// <summary>How long the warm-up is.</summary>
    public TimeSpan Warmup => Stopwatch.GetElapsedTime(Start, From);

    /// <summary>How long the load is, warm-up included.</summary>
    public TimeSpan Whole => Stopwatch.GetElapsedTime(Start, Until);

    /// <summary>One that is about to begin.</summary>
    public static LoadWindow Soon(TimeSpan warmup, TimeSpan duration)
    {
        long start = Stopwatch.GetTimestamp() + Ticks(StartDelay);
        return new LoadWindow(start, start + Ticks(warmup), start + Ticks(warmup + duration));
    }

    /// <summary>Waits until its end.</summary>
    public async Task WaitForEndAsync(TimeProvider time, CancellationToken stopping)
    {
        while (Stopwatch.GetTimestamp() is var now && now < Until)
        {
            await Task.Delay(
                TimeSpan.FromMilliseconds(Math.Ceiling(Stopwatch.GetElapsedTime(now, Until).TotalMilliseconds)), time,
                stopping);
        }
    }

    private static long Ticks(TimeSpan time) => (long)(time.TotalSeconds * Stopwatch.Frequency);
}
