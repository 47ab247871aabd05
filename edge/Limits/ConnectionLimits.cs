using System.Threading.RateLimiting;
using Realtime.Hosting.Identity;

namespace Realtime.Edge.Limits;

/// <summary>
/// Counts open connections: of the edge, of each tenant, of each subject. Nobody waits in line; idle tenants and
/// subjects are forgotten by the limiters themselves, so that memory follows what is open.
/// </summary>
internal sealed class ConnectionLimits(ConnectionLimitOptions options) : IDisposable
{
    private readonly ConcurrencyLimiter _edge = new(AtMost(options.ConnectionsMax));

    private readonly PartitionedRateLimiter<Identity> _tenants =
        PartitionedRateLimiter.Create<Identity, string>(identity => RateLimitPartition.GetConcurrencyLimiter(
            identity.Tenant, _ => AtMost(options.TenantConnectionsMax)));

    private readonly PartitionedRateLimiter<Identity> _subjects =
        PartitionedRateLimiter.Create<Identity, (string, string)>(identity => RateLimitPartition.GetConcurrencyLimiter(
            (identity.Tenant, identity.Subject), _ => AtMost(options.SubjectConnectionsMax)));

    /// <summary>
    /// Takes a place in all three counts, or in none. The lease gives it back, once, however often it is disposed.
    /// </summary>
    public ConnectionLease Enter(Identity identity)
    {
        RateLimitLease edge = _edge.AttemptAcquire();
        if (!edge.IsAcquired)
        {
            return ConnectionLease.Refused(EdgeRefusal.EdgeConnections, edge);
        }

        RateLimitLease tenant = _tenants.AttemptAcquire(identity);
        if (!tenant.IsAcquired)
        {
            return ConnectionLease.Refused(EdgeRefusal.TenantConnections, edge, tenant);
        }

        RateLimitLease subject = _subjects.AttemptAcquire(identity);
        return subject.IsAcquired
            ? ConnectionLease.Entered(edge, tenant, subject)
            : ConnectionLease.Refused(EdgeRefusal.SubjectConnections, edge, tenant, subject);
    }

    public void Dispose()
    {
        _edge.Dispose();
        _tenants.Dispose();
        _subjects.Dispose();
    }

    private static ConcurrencyLimiterOptions AtMost(int connections) =>
        new() { PermitLimit = connections, QueueLimit = 0 };
}
