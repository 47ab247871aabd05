using Realtime.Loadtests.Results;

namespace Realtime.Loadtests.Measuring;

/// <summary>CPU seconds of processes between two moments.</summary>
internal sealed class CpuMeter
{
    private readonly WatchedProcess[] _processes;
    private readonly TimeSpan[] _before;
    private readonly TimeSpan[] _spent;

    private CpuMeter(IReadOnlyList<WatchedProcess> processes)
    {
        _processes = [.. processes];
        _before = [.. _processes.Select(process => process.ReadCpuTime())];
        _spent = new TimeSpan[_processes.Length];
    }

    /// <summary>Begins to count.</summary>
    public static CpuMeter Start(IReadOnlyList<WatchedProcess> processes) => new(processes);

    /// <summary>Ends it.</summary>
    public void Stop()
    {
        for (int i = 0; i < _processes.Length; i++)
        {
            _spent[i] = _processes[i].ReadCpuTime() - _before[i];
        }
    }

    /// <summary>Seconds by process.</summary>
    public IEnumerable<(string Process, double Seconds)> Seconds() =>
        _processes.Select((process, i) => (process.Name, _spent[i].TotalSeconds));

    /// <summary>Seconds by process, and seconds per million of something that was done meanwhile.</summary>
    public IEnumerable<Figure> Figures(long done, string what)
    {
        foreach ((string process, double seconds) in Seconds())
        {
            yield return new Figure($"cpu_{process}_s", seconds);
        }

        foreach ((string process, double seconds) in Seconds())
        {
            yield return new Figure($"cpu_{process}_s_per_million_{what}", done == 0 ? 0 : seconds * 1_000_000 / done);
        }
    }
}
