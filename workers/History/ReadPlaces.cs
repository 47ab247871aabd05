using System.Threading.RateLimiting;

namespace Realtime.Workers.History;

/// <summary>
/// Places for reads at a time: so many of one tenant, so that it can't take those of the others, and so many in all.
/// </summary>
internal sealed class ReadPlaces(int countMax, int perTenantMax) : IDisposable
{
    private readonly ConcurrencyLimiter _all = new(Places(countMax));

    // Tenants come from verified tokens; a limiter without leases is dropped by itself.
    private readonly PartitionedRateLimiter<string> _perTenant = PartitionedRateLimiter.Create<string, string>(
        tenant => RateLimitPartition.GetConcurrencyLimiter(tenant, _ => Places(perTenantMax)));

    /// <summary>Takes a place, to be disposed of; null if there is none, and whose are taken.</summary>
    public IDisposable? TryTake(string tenant, out ReadRefusal refusal)
    {
        refusal = ReadRefusal.None;
        RateLimitLease own = _perTenant.AttemptAcquire(tenant);
        if (!own.IsAcquired)
        {
            refusal = ReadRefusal.TenantPlaces;
            return null;
        }

        RateLimitLease any = _all.AttemptAcquire();
        if (!any.IsAcquired)
        {
            own.Dispose();
            refusal = ReadRefusal.WorkerPlaces;
            return null;
        }

        return new Place(own, any);
    }

    public void Dispose()
    {
        _all.Dispose();
        _perTenant.Dispose();
    }

    private static ConcurrencyLimiterOptions Places(int count) => new() { PermitLimit = count, QueueLimit = 0 };

    private sealed class Place(RateLimitLease own, RateLimitLease any) : IDisposable
    {
        public void Dispose()
        {
            any.Dispose();
            own.Dispose();
        }
    }
}
