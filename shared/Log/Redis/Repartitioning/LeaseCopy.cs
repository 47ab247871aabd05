using StackExchange.Redis;

namespace Realtime.Log.Redis.Repartitioning;

/// <summary>
/// Copies leases into the partitions of their agents and tasks. Nobody could renew meanwhile, so that when the last
/// sweep was is not copied: the first sweep then gives all of them a new term before it declares anybody lost.
/// </summary>
internal sealed class LeaseCopy(RepartitionStore store)
{
    /// <summary>Copies all; what an attempt left that was interrupted is the same, and is written again.</summary>
    public async Task RunAsync(RedisKeys from, RedisKeys to)
    {
        for (int partition = 0; partition < from.Partitions; partition++)
        {
            RedisKey[] old = from.Leases(partition);
            foreach (var terms in (await store.ReadWholeSetAsync(old[0])).GroupBy(one => TargetOf(one.Member, to)))
            {
                await store.AddToSetAsync(to.Leases(terms.Key)[0], [.. terms]);
            }

            await CopyHashAsync(old[1], 1, to);
            await CopyHashAsync(old[2], 2, to);
        }
    }

    /// <summary>Deletes what a partition knows of leases.</summary>
    public Task DeleteAsync(RedisKeys keys, int partition) => store.DeleteAsync(keys.Leases(partition)[..4]);

    /// <summary>For a partition that was sealed and is taken up again: as if it had been copied.</summary>
    public Task ForgetSweepAsync(RedisKeys keys, int partition) => store.DeleteAsync(keys.Leases(partition)[3]);

    private async Task CopyHashAsync(RedisKey old, int hash, RedisKeys to)
    {
        HashEntry[] all = await store.ReadHashAsync(old);
        foreach (var entries in all.GroupBy(one => TargetOf((string)one.Name!, to)))
        {
            await store.WriteHashAsync(to.Leases(entries.Key)[hash], [.. entries]);
        }
    }

    private static int TargetOf(string member, RedisKeys to)
    {
        LeaseKey lease = LeaseEntry.KeyOf(member);
        return Partitioner.Of(lease.Tenant, LostLease.GroupOf(lease), to.Partitions);
    }
}
