using System.Collections.Immutable;
using System.Threading.RateLimiting;

namespace Realtime.Edge.Limits;

/// <summary>One connection's place in the counts, or the reason why it has none.</summary>
internal sealed class ConnectionLease : IDisposable
{
    private readonly ImmutableArray<RateLimitLease> _leases;

    private ConnectionLease(EdgeRefusal? refusal, ImmutableArray<RateLimitLease> leases)
    {
        Refusal = refusal;
        _leases = leases;
    }

    /// <summary>Which limit is reached; null if there was a place.</summary>
    public EdgeRefusal? Refusal { get; }

    public static ConnectionLease Entered(params ReadOnlySpan<RateLimitLease> leases) => new(null, [.. leases]);

    /// <summary>What was taken before the limit showed is given back at once.</summary>
    public static ConnectionLease Refused(EdgeRefusal refusal, params ReadOnlySpan<RateLimitLease> taken)
    {
        foreach (RateLimitLease lease in taken)
        {
            lease.Dispose();
        }

        return new(refusal, []);
    }

    public void Dispose()
    {
        // A lease of the limiter counts its first disposal only.
        foreach (RateLimitLease lease in _leases)
        {
            lease.Dispose();
        }
    }
}
