using System.Globalization;
using Realtime.Loadtests.Reports;

namespace Realtime.Loadtests.Measuring;

/// <summary>Reads resident memory once garbage is collected and given back.</summary>
internal sealed class MemoryMeter(IReadOnlyList<WatchedProcess> processes, Progress progress, TimeProvider time)
{
    private const double Mib = 1024 * 1024;

    private readonly WatchedProcess _client = WatchedProcess.Client();

    /// <summary>Collects twice, half of the time apart, as memory is given back some time after.</summary>
    public async Task<MemoryReading> ReadAsync(TimeSpan settling, CancellationToken stopping)
    {
        progress.Tell("letting memory settle");
        bool collected = await CollectAsync(stopping);
        await Task.Delay(settling / 2, time, stopping);
        collected &= await CollectAsync(stopping);
        await Task.Delay(settling / 2, time, stopping);
        long server = processes.Sum(process => process.ReadResidentBytes());
        progress.Tell(string.Create(CultureInfo.InvariantCulture, $"server memory {server / Mib:0.0} MiB"));
        return new MemoryReading(server, _client.ReadResidentBytes(), collected);
    }

    private async Task<bool> CollectAsync(CancellationToken stopping)
    {
        GC.Collect();
        bool all = true;
        foreach (WatchedProcess process in processes)
        {
            all &= await FullCollection.RequestAsync(process.Pid, stopping);
        }

        return all;
    }
}
