namespace Realtime.Loadtests.Measuring;

/// <summary>Resident memory in bytes, of each process of the server, and of the client.</summary>
/// <param name="ByProcess">By the name of the process.</param>
/// <param name="Client">Of the client.</param>
/// <param name="IsCollected">Whether every process of the server made full collections before.</param>
internal readonly record struct MemoryReading(
    IReadOnlyDictionary<string, long> ByProcess, long Client, bool IsCollected)
{
    /// <summary>Of all processes of the server.</summary>
    public long Server => ByProcess.Values.Sum();
}
