using System.Globalization;
using Realtime.Loadtests.Reports;

namespace Realtime.Loadtests.Measuring;

/// <summary>Reads resident memory once garbage is collected and given back.</summary>
internal sealed class MemoryMeter(
    IReadOnlyList<WatchedProcess> processes, WatchedProcess client, Progress progress, TimeProvider time)
{
    private const double Mib = 1024 * 1024;

    /// <summary>Collects twice, half of the time apart, as memory is given back some time after.</summary>
    public async Task<MemoryReading> ReadAsync(TimeSpan settling, CancellationToken stopping)
    {
        progress.Tell("letting memory settle");
        bool collected = await CollectAsync(stopping);
        await Task.Delay(settling / 2, time, stopping);
        collected &= await CollectAsync(stopping);
        await Task.Delay(settling / 2, time, stopping);
        var reading = new MemoryReading(
            processes.ToDictionary(process => process.Name, process => process.ReadResidentBytes()),
            client.ReadResidentBytes(), collected);
        progress.Tell(string.Create(CultureInfo.InvariantCulture, $"server memory {reading.Server / Mib:0.0} MiB"));
        return reading;
    }

    private async Task<bool> CollectAsync(CancellationToken stopping)
    {
        GC.Collect();
        bool all = true;
        foreach (int pid in processes.Append(client).SelectMany(process => process.Pids)
            .Where(pid => pid != Environment.ProcessId && FullCollection.IsManaged(pid)))
        {
            all &= await FullCollection.RequestAsync(pid, stopping);
        }

        return all;
    }
}
