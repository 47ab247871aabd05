using System.Diagnostics;

namespace Realtime.Loadtests.Load;

/// <summary>How many copies of closed simulations are wanted when. Open ones are pauses here. Timestamps.</summary>
internal sealed class CopySchedule
{
    private readonly (long Begin, long End, LoadSimulation Closed)[] _stretches;

    /// <summary>Stretches one after the other, from a timestamp on.</summary>
    public CopySchedule(long start, IReadOnlyList<LoadSimulation> simulations)
    {
        var stretches = new List<(long Begin, long End, LoadSimulation Closed)>();
        long begin = start;
        foreach (LoadSimulation simulation in simulations)
        {
            long end = begin + (long)(simulation.During.TotalSeconds * Stopwatch.Frequency);
            if (simulation.IsClosed)
            {
                stretches.Add((begin, end, simulation));
            }

            begin = end;
        }

        _stretches = [.. stretches];
        Most = _stretches.Select(one => Math.Max(one.Closed.From, one.Closed.To)).DefaultIfEmpty().Max();
        End = _stretches.Select(one => one.End).DefaultIfEmpty().Max();
    }

    /// <summary>Most that are ever wanted.</summary>
    public int Most { get; }

    /// <summary>From then on none is.</summary>
    public long End { get; }

    /// <summary>How many are wanted at a time.</summary>
    public int WantedAt(long now)
    {
        foreach ((long begin, long end, LoadSimulation closed) in _stretches)
        {
            if (now >= begin && now < end)
            {
                double passed = (now - begin) / (double)(end - begin);
                return (int)Math.Ceiling(closed.From + ((closed.To - closed.From) * passed));
            }
        }

        return 0;
    }
}
