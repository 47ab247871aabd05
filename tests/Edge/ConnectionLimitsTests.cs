using Realtime.Edge;
using Realtime.Edge.Limits;
using Realtime.Hosting.Identity;

namespace Realtime.Tests.Edge;

/// <summary>Places are counted and given back exactly once, under any race.</summary>
public sealed class ConnectionLimitsTests
{
    [Fact]
    public async Task However_many_race_no_more_are_in_than_may_be_and_all_places_come_back()
    {
        const int Max = 20;
        using var limits = new ConnectionLimits(new ConnectionLimitOptions
        {
            ConnectionsMax = Max,
            TenantConnectionsMax = Max,
            SubjectConnectionsMax = 7,
        });
        int inside = 0;
        int most = 0;
        await Parallel.ForEachAsync(Enumerable.Range(0, 20_000), async (i, _) =>
        {
            using ConnectionLease lease = limits.Enter(Of("acme", $"s{i % 4}"));
            if (lease.Refusal is not null)
            {
                return;
            }

            int now = Interlocked.Increment(ref inside);
            InterlockedMax(ref most, now);
            await Task.Yield();
            Interlocked.Decrement(ref inside);
            // Twice is once.
            lease.Dispose();
        });

        Assert.InRange(most, 1, Max);
        List<ConnectionLease> full = [.. Enumerable.Range(0, Max).Select(i => limits.Enter(Of("acme", $"s{i % 4}")))];
        Assert.All(full, lease => Assert.Null(lease.Refusal));
        Assert.Equal(EdgeRefusal.EdgeConnections, limits.Enter(Of("acme", "s0")).Refusal);
    }

    [Fact]
    public void The_narrowest_limit_that_is_reached_is_named_and_a_refusal_takes_no_place()
    {
        using var limits = new ConnectionLimits(new ConnectionLimitOptions
        {
            ConnectionsMax = 4,
            TenantConnectionsMax = 3,
            SubjectConnectionsMax = 2,
        });
        ConnectionLease first = limits.Enter(Of("a", "1"));
        limits.Enter(Of("a", "1"));
        Assert.Equal(EdgeRefusal.SubjectConnections, limits.Enter(Of("a", "1")).Refusal);
        Assert.Null(limits.Enter(Of("a", "2")).Refusal);
        Assert.Equal(EdgeRefusal.TenantConnections, limits.Enter(Of("a", "3")).Refusal);
        // The same name in another tenant is somebody else.
        Assert.Null(limits.Enter(Of("b", "1")).Refusal);
        Assert.Equal(EdgeRefusal.EdgeConnections, limits.Enter(Of("c", "1")).Refusal);

        first.Dispose();
        Assert.Null(limits.Enter(Of("c", "1")).Refusal);
    }

    private static Identity Of(string tenant, string subject) => new()
    {
        Tenant = tenant,
        Subject = subject,
        Grants = Grants.Parse("read:*"),
        ExpiresAt = DateTimeOffset.MaxValue,
    };

    private static void InterlockedMax(ref int most, int now)
    {
        int seen = Volatile.Read(ref most);
        while (now > seen)
        {
            int before = Interlocked.CompareExchange(ref most, now, seen);
            if (before == seen)
            {
                return;
            }

            seen = before;
        }
    }
}
