namespace Realtime.Log;

/// <summary>What a partition, or one tenant's share of it, holds and how far its readers are.</summary>
/// <param name="Streams">Streams that exist: tenants with a share of the partition.</param>
/// <param name="Entries">Entries retained.</param>
/// <param name="Depth">The largest distance, in entries, of any stream between its end and its slowest live reader;
/// 0 where nobody reads.</param>
/// <param name="Bytes">What the entries take: of memory in Redis (its own estimate), of envelopes in the embedded
/// log.</param>
/// <param name="IsPartial">Whether only the <see cref="LogLimits.DescribedStreamsMax"/> oldest streams were looked at:
/// then all but <paramref name="Streams"/> is of those.</param>
public readonly record struct PartitionReport(long Streams, long Entries, long Depth, long Bytes, bool IsPartial);
