using System.Diagnostics;

namespace Realtime.Loadtests.Measuring;

/// <summary>A process whose cost is measured, by its id; this one or another on the same machine.</summary>
internal sealed class WatchedProcess(string name, int pid)
{
    /// <summary>What reports call it.</summary>
    public string Name => name;

    /// <summary>Its id.</summary>
    public int Pid => pid;

    /// <summary>This process.</summary>
    public static WatchedProcess Client() => new("client", Environment.ProcessId);

    /// <summary>CPU time of user and kernel since it started.</summary>
    /// <exception cref="InvalidOperationException">It has ended.</exception>
    public TimeSpan ReadCpuTime()
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            return process.TotalProcessorTime;
        }
        catch (Exception gone) when (gone is ArgumentException or InvalidOperationException)
        {
            throw new InvalidOperationException($"Process {pid} ({name}) has ended: its cost can't be measured.", gone);
        }
    }

    /// <summary>
    /// Resident memory in bytes (<c>VmRSS</c>): what it costs the machine, shared libraries included.
    /// </summary>
    /// <exception cref="InvalidOperationException">It has ended.</exception>
    public long ReadResidentBytes()
    {
        try
        {
            return ProcessStatus.ReadResidentBytes(File.ReadLines($"/proc/{pid}/status"));
        }
        catch (IOException gone)
        {
            throw new InvalidOperationException(
                $"Process {pid} ({name}) has ended: its memory can't be measured.", gone);
        }
    }
}
