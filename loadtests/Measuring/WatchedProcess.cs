using System.Collections.Immutable;
using System.ComponentModel;
using System.Diagnostics;

namespace Realtime.Loadtests.Measuring;

/// <summary>
/// A part of the system whose cost is measured: one process on this machine, or several that count together, such as
/// all workers.
/// </summary>
internal sealed class WatchedProcess(string name, params ReadOnlySpan<int> pids)
{
    private ImmutableArray<int> _pids = [.. pids];
    private long _endedCpuTicks;

    /// <summary>What reports call it.</summary>
    public string Name => name;

    /// <summary>This process; others that hold clients for it are added.</summary>
    public static WatchedProcess Client() => new("client", Environment.ProcessId);

    /// <summary>Ids of those that run.</summary>
    public IReadOnlyList<int> Pids => _pids;

    /// <summary>One more counts.</summary>
    public void Add(int pid) => ImmutableInterlocked.Update(ref _pids, (known, added) => known.Add(added), pid);

    /// <summary>
    /// One is about to end: what it has cost until now stays counted. Of one that ended by itself nobody knows that any
    /// more; why it did is for others to tell.
    /// </summary>
    public void Ending(int pid)
    {
        if (!_pids.Contains(pid))
        {
            return;
        }

        try
        {
            Interlocked.Add(ref _endedCpuTicks, CpuTimeOf(pid).Ticks);
        }
        catch (InvalidOperationException)
        {
            // It ended by itself, which whoever waits for it says better.
        }

        ImmutableInterlocked.Update(ref _pids, (known, ended) => known.Remove(ended), pid);
    }

    /// <summary>CPU time of user and kernel since it started.</summary>
    /// <exception cref="InvalidOperationException">It has ended.</exception>
    public TimeSpan ReadCpuTime() => TimeSpan.FromTicks(
        ReadAll(pids => Volatile.Read(ref _endedCpuTicks) + pids.Sum(pid => CpuTimeOf(pid).Ticks)));

    /// <summary>
    /// Resident memory in bytes (<c>VmRSS</c>): what it costs the machine, shared libraries included.
    /// </summary>
    /// <exception cref="InvalidOperationException">It has ended.</exception>
    public long ReadResidentBytes() => ReadAll(pids => pids.Sum(ResidentBytesOf));

    // One that is told to be ending between two looks at it is not missed.
    private long ReadAll(Func<ImmutableArray<int>, long> read)
    {
        while (true)
        {
            ImmutableArray<int> pids = _pids;
            try
            {
                long sum = read(pids);
                if (pids == _pids)
                {
                    return sum;
                }
            }
            catch (InvalidOperationException) when (pids != _pids)
            {
                // Again, of those that are left.
            }
        }
    }

    private TimeSpan CpuTimeOf(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            return process.TotalProcessorTime;
        }
        catch (Exception gone) when (gone is ArgumentException or InvalidOperationException or Win32Exception)
        {
            throw new InvalidOperationException(
                $"Process {pid} ({name}) has ended: its cost can't be measured. Was it killed, or out of memory?",
                gone);
        }
    }

    private long ResidentBytesOf(int pid)
    {
        try
        {
            return ProcessStatus.ReadResidentBytes(File.ReadLines($"/proc/{pid}/status"));
        }
        catch (IOException gone)
        {
            throw new InvalidOperationException(
                $"Process {pid} ({name}) has ended: its memory can't be measured. Was it killed, or out of memory?",
                gone);
        }
    }
}
