namespace Realtime.Loadtests.Measuring;

/// <summary>Resident bytes at one moment.</summary>
/// <param name="Server">Of all processes of the system.</param>
/// <param name="Client">Of this process.</param>
/// <param name="IsCollected">Whether every process of the system made a full collection just before.</param>
internal readonly record struct MemoryReading(long Server, long Client, bool IsCollected);
