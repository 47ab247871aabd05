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
