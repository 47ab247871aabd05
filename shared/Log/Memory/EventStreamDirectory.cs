using System.Collections.Concurrent;

namespace Realtime.Log.Memory;

/// <summary>All event streams of the embedded log, by partition, so that a sweep looks only at its own.</summary>
internal sealed class EventStreamDirectory
{
    private readonly LogOptions _options;
    private readonly ByteBudget _budget;
    private readonly ConcurrentDictionary<string, EventStreamStore>[] _partitions;

    public EventStreamDirectory(LogOptions options, ByteBudget budget)
    {
        _options = options;
        _budget = budget;
        _partitions = new ConcurrentDictionary<string, EventStreamStore>[options.Partitions];
        for (int i = 0; i < _partitions.Length; i++)
        {
            _partitions[i] = new(StringComparer.Ordinal);
        }
    }

    public EventStreamStore FindOrAdd(StreamKey stream, long nowMs)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(stream.Partition, nameof(stream));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(stream.Partition, _partitions.Length, nameof(stream));
        ConcurrentDictionary<string, EventStreamStore> partition = _partitions[stream.Partition];
        if (partition.TryGetValue(stream.Tenant, out EventStreamStore? found))
        {
            return found;
        }

        // Under a lock, because a store that was made in vain would count in the budget for ever.
        lock (partition)
        {
            if (!partition.TryGetValue(stream.Tenant, out found))
            {
                found = new EventStreamStore(_options, _budget, nowMs);
                partition[stream.Tenant] = found;
            }

            return found;
        }
    }

    /// <summary>What a partition holds, or one tenant's share of it.</summary>
    public PartitionReport Describe(int partition, string? tenant, long nowMs)
    {
        ConcurrentDictionary<string, EventStreamStore> streams = _partitions[partition];
        if (tenant is not null)
        {
            return streams.TryGetValue(tenant, out EventStreamStore? only) ? only.Describe(nowMs) : default;
        }

        // There is no order of age here, and no need: the whole log is in this process and bounded.
        var report = default(PartitionReport);
        foreach ((_, EventStreamStore stream) in streams)
        {
            PartitionReport one = stream.Describe(nowMs);
            report = new PartitionReport(
                report.Streams + 1, report.Entries + one.Entries, Math.Max(report.Depth, one.Depth),
                report.Bytes + one.Bytes, IsPartial: false);
        }

        return report;
    }

    /// <summary>Sweeps a partition, and removes streams that were quiet for long and that nobody listens to.</summary>
    public SweepReport Sweep(int partition, long nowMs, Doorbells<StreamKey> listeners)
    {
        int trimmed = 0, expired = 0;
        foreach ((string tenant, EventStreamStore stream) in _partitions[partition])
        {
            SweepReport report = stream.Sweep(nowMs);
            trimmed += report.StreamsTrimmed;
            expired += report.StateKeysExpired;
            if (!listeners.HasListeners(new StreamKey(tenant, partition)) && stream.TryRetire(nowMs))
            {
                _partitions[partition].TryRemove(new(tenant, stream));
            }
        }

        return new SweepReport(trimmed, expired, 0);
    }
}
