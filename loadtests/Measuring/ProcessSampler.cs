using System.Diagnostics;

namespace Realtime.Loadtests.Measuring;

/// <summary>Cuts what a process costs into intervals.</summary>
internal sealed class ProcessSampler(WatchedProcess process)
{
    private TimeSpan _cpu = process.ReadCpuTime();
    private long _at = Stopwatch.GetTimestamp();

    /// <summary>What reports call it.</summary>
    public string Name => process.Name;

    /// <summary>What it cost since the last call.</summary>
    public ProcessSample Next(long now)
    {
        TimeSpan cpu = process.ReadCpuTime();
        double seconds = Stopwatch.GetElapsedTime(_at, now).TotalSeconds;
        var sample = new ProcessSample(
            seconds <= 0 ? 0 : (cpu - _cpu).TotalSeconds / seconds, process.ReadResidentBytes());
        (_cpu, _at) = (cpu, now);
        return sample;
    }
}
