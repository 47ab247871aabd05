using Realtime.Hosting.Identity;
using Realtime.Workers.Connections;

namespace Realtime.Tests.Workers.Connections;

/// <summary>What ends a connection's token and what renews it exclude each other.</summary>
public sealed class HeldIdentityTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void It_expires_once_and_is_never_renewed_then()
    {
        var held = new HeldIdentity(Until(Noon));
        Assert.False(held.TryExpire(Noon.AddSeconds(-1)));
        Assert.True(held.TryExpire(Noon));
        Assert.False(held.TryExpire(Noon));
        Assert.False(held.TryRenew(Until(Noon.AddHours(1))));
        Assert.Equal(Noon, held.Current.ExpiresAt);
    }

    [Fact]
    public void Once_renewed_it_lives_as_long_as_the_fresh_one()
    {
        var held = new HeldIdentity(Until(Noon));
        Assert.True(held.TryRenew(Until(Noon.AddHours(1))));
        Assert.False(held.TryExpire(Noon.AddMinutes(59)));
        Assert.True(held.TryExpire(Noon.AddHours(1)));
    }

    [Fact]
    public void It_warns_once_of_each_token_and_never_of_one_that_is_over()
    {
        var held = new HeldIdentity(Until(Noon));
        Assert.False(held.TryWarn(Noon.AddSeconds(-1), out _));
        Assert.True(held.TryWarn(Noon, out DateTimeOffset expiresAt));
        Assert.Equal(Noon, expiresAt);
        Assert.False(held.TryWarn(Noon, out _));
        held.TryRenew(Until(Noon.AddHours(1)));
        Assert.True(held.TryWarn(Noon.AddHours(1), out _));
        held.TryRenew(Until(Noon.AddHours(2)));
        Assert.True(held.TryExpire(Noon.AddHours(2)));
        Assert.False(held.TryWarn(Noon.AddHours(2), out _));
    }

    [Fact]
    public void A_renewal_that_comes_while_it_ends_is_none()
    {
        var held = new HeldIdentity(Until(Noon));
        bool renewed = false;
        var renewing = new Thread(() => renewed = held.TryRenew(Until(Noon.AddHours(1))));
        Assert.True(held.TryEnd(_ =>
        {
            Begin(renewing);
            return true;
        }));
        renewing.Join();
        Assert.False(renewed);
        Assert.Equal(Noon, held.Current.ExpiresAt);
    }

    [Fact]
    public void An_end_that_comes_while_it_is_renewed_looks_at_the_fresh_one()
    {
        var held = new HeldIdentity(Until(Noon));
        bool expired = true;
        var expiring = new Thread(() => expired = held.TryExpire(Noon));

        // A look that ends nothing: within it the other one has seen the old one already, and waits.
        Assert.False(held.TryEnd(_ =>
        {
            Begin(expiring);
            Assert.True(held.TryRenew(Until(Noon.AddHours(1))));
            return false;
        }));
        expiring.Join();
        Assert.False(expired);
    }

    // Returns when it is through, or can get no further.
    private static void Begin(Thread other)
    {
        other.Start();
        Assert.True(SpinWait.SpinUntil(
            () => other.ThreadState is ThreadState.Stopped or ThreadState.WaitSleepJoin, TimeSpan.FromSeconds(10)));
    }

    private static Identity Until(DateTimeOffset time) => new()
    {
        Tenant = "acme",
        Subject = "someone",
        Grants = Grants.None,
        ExpiresAt = time,
    };
}
