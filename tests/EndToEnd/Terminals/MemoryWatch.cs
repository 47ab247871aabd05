using System.Globalization;
using Realtime.Tests.Support;

namespace Realtime.Tests.EndToEnd.Terminals;

/// <summary>
/// Memory of workers that are processes, from when they are warm: code is compiled, pools and windows are full. From
/// then on it may grow by so much and no more, however many bytes follow.
/// </summary>
internal sealed class MemoryWatch(IReadOnlyList<WorkerProcess> workers, long warmAfterBytes)
{
    private readonly Lock _gate = new();
    private ResidentMemory[]? _warm;

    /// <summary>To be told how many bytes all viewers have seen together.</summary>
    public void Told(long seenBytes)
    {
        if (seenBytes >= warmAfterBytes && Volatile.Read(ref _warm) is null)
        {
            lock (_gate)
            {
                _warm ??= [.. workers.Select(worker => worker.Memory)];
            }
        }
    }

    /// <summary>What each worker had when it was warm, has now, and had at most.</summary>
    public string Story => _warm is null ? "never warm" : string.Join("; ", Growth().Select(one => string.Create(
        CultureInfo.InvariantCulture,
        $"worker memory: warm {MiB(one.Warm.Now)}, now {MiB(one.Now.Now)}, at most {MiB(one.Now.Peak)} MiB")));

    /// <summary>Fails if one has ever had so much more than when it was warm.</summary>
    public void AssertFlat(long growthBytesMax)
    {
        Assert.All(Growth(), one => Assert.True(
            one.Now.Peak - one.Warm.Now <= growthBytesMax,
            $"More than {MiB(growthBytesMax)} MiB above what it had when it was warm. {Story}"));
    }

    private (ResidentMemory Warm, ResidentMemory Now)[] Growth()
    {
        Assert.NotNull(_warm);
        return [.. _warm.Zip(workers.Select(worker => worker.Memory))];
    }

    private static string MiB(long bytes) =>
        (bytes / (1024.0 * 1024)).ToString("0.0", CultureInfo.InvariantCulture);
}
