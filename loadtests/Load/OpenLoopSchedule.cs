using System.Diagnostics;

namespace Realtime.Loadtests.Load;

/// <summary>
/// When each of a series is due, from a start on, whatever became of those before. Latency counted from here holds the
/// time in which a slow system kept the load waiting (no coordinated omission). Times are <see cref="Stopwatch"/>
/// timestamps.
/// </summary>
internal sealed class OpenLoopSchedule
{
    private readonly long _start;
    private readonly Stretch[] _stretches;

    /// <summary>One rate without end.</summary>
    public OpenLoopSchedule(long start, int ratePerSecond)
    {
        _start = start;
        _stretches = [new Stretch(0, 0, ratePerSecond, ratePerSecond, TimeSpan.MaxValue)];
        Count = long.MaxValue;
    }

    /// <summary>Stretches one after the other; closed ones are pauses here.</summary>
    public OpenLoopSchedule(long start, IReadOnlyList<LoadSimulation> simulations)
    {
        _start = start;
        var stretches = new List<Stretch>(simulations.Count);
        TimeSpan begin = TimeSpan.Zero;
        foreach (LoadSimulation simulation in simulations)
        {
            bool isOpen = simulation.Kind == SimulationKind.Inject;
            var stretch = new Stretch(
                Count, Ticks(begin), isOpen ? simulation.From : 0, isOpen ? simulation.To : 0, simulation.During);
            begin += simulation.During;
            if (stretch.CountIn(simulation.During) is > 0 and long count)
            {
                stretches.Add(stretch);
                Count += count;
            }
        }

        _stretches = [.. stretches];
    }

    /// <summary>How many there are.</summary>
    public long Count { get; }

    /// <summary>When number <paramref name="index"/> (from 0) is due; behind the last, never.</summary>
    public long DueOf(long index)
    {
        if (index >= Count)
        {
            return long.MaxValue;
        }

        int stretch = _stretches.Length - 1;
        while (_stretches[stretch].First > index)
        {
            stretch--;
        }

        return _start + _stretches[stretch].DueOf(index);
    }

    /// <summary>How many are due before <paramref name="elapsed"/> has passed.</summary>
    public long CountIn(TimeSpan elapsed)
    {
        if (_stretches.Length == 1 && _stretches[0].IsEven)
        {
            return Math.Min(Count, _stretches[0].CountIn(elapsed - TicksToTime(_stretches[0].Begin)));
        }

        (long low, long high) = (0, Count);
        long end = _start + Ticks(elapsed);
        while (low < high)
        {
            long middle = low + ((high - low) / 2);
            (low, high) = DueOf(middle) < end ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

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

    private static long Ticks(TimeSpan time) =>
        (long)((Int128)time.Ticks * Stopwatch.Frequency / TimeSpan.TicksPerSecond);

    private static TimeSpan TicksToTime(long ticks) => Stopwatch.GetElapsedTime(0, ticks);

    /// <summary>A rate that is even, or changes evenly.</summary>
    private readonly record struct Stretch(long First, long Begin, int From, int To, TimeSpan During)
    {
        public bool IsEven => From == To;

        public long DueOf(long index)
        {
            long n = index - First;
            if (IsEven)
            {
                return Begin + (long)((Int128)n * Stopwatch.Frequency / From);
            }

            // n(t) = From t + (To - From) t^2 / 2 During, solved for t.
            double growth = (To - From) / During.TotalSeconds;
            double rate = Math.Sqrt(Math.Max(0, ((double)From * From) + (2 * growth * n)));
            return Begin + (long)((rate - From) / growth * Stopwatch.Frequency);
        }

        public long CountIn(TimeSpan elapsed) => elapsed <= TimeSpan.Zero
            ? 0
            : IsEven
                ? (long)((((Int128)elapsed.Ticks * From) + TimeSpan.TicksPerSecond - 1) / TimeSpan.TicksPerSecond)
                : (long)(During.TotalSeconds * (From + To) / 2);
    }
}
