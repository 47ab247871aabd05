namespace Realtime.Log.Memory;

/// <summary>The leases of the embedded log. Not thread-safe: <see cref="MemoryLog"/> holds the lock.</summary>
internal sealed class LeaseTable(LogOptions options)
{
    private readonly Dictionary<LeaseKey, HeldLease> _leases = [];
    private readonly Dictionary<string, int> _countByTenant = new(StringComparer.Ordinal);

    // By partition: when it was last looked at; none while it has no lease.
    private readonly Dictionary<int, long> _sweptMs = [];

    public HeldLease? Find(LeaseKey key) => _leases.GetValueOrDefault(key);

    public bool HasRoomFor(LeaseKey key) =>
        _leases.ContainsKey(key) || _countByTenant.GetValueOrDefault(key.Tenant) < options.LeasesPerTenantMax;

    public HeldLease Put(Lease lease, long nowMs)
    {
        int partition = PartitionOf(lease.Key);
        var held = new HeldLease(lease, nowMs + (long)lease.Term.TotalMilliseconds);
        if (!_leases.ContainsKey(lease.Key))
        {
            _countByTenant[lease.Key.Tenant] = _countByTenant.GetValueOrDefault(lease.Key.Tenant) + 1;
        }

        _leases[lease.Key] = held;
        _sweptMs.TryAdd(partition, nowMs);
        return held;
    }

    public void Remove(LeaseKey key)
    {
        _leases.Remove(key);
        if (--_countByTenant[key.Tenant] == 0)
        {
            _countByTenant.Remove(key.Tenant);
        }
    }

    /// <summary>
    /// The leases of a partition that ran out. If nobody looked for too long (the process was stopped), or the clock
    /// went back, all get a new term instead.
    /// </summary>
    public IReadOnlyList<Lease> FindDue(int partition, long nowMs, out int extended)
    {
        extended = 0;
        HeldLease[] held = [.. _leases.Values.Where(one => PartitionOf(one.Lease.Key) == partition)];
        if (held.Length == 0)
        {
            _sweptMs.Remove(partition);
            return [];
        }

        bool isLate = Math.Abs(nowMs - _sweptMs[partition]) > LogLimits.LeaseSweepSilence.TotalMilliseconds;
        _sweptMs[partition] = nowMs;
        if (!isLate)
        {
            return [.. held.Where(one => one.ExpiresAtMs <= nowMs).Select(one => one.Lease)];
        }

        foreach (HeldLease one in held)
        {
            Put(one.Lease, nowMs);
        }

        extended = held.Length;
        return [];
    }

    public int PartitionOf(LeaseKey key) => Partitioner.Of(key.Tenant, LostLease.GroupOf(key), options.Partitions);
}
