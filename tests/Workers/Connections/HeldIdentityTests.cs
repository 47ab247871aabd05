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
    public async Task Of_an_end_and_a_renewal_at_the_same_time_one_wins()
    {
        for (int round = 0; round < 500; round++)
        {
            var held = new HeldIdentity(Until(Noon));
            using var start = new Barrier(2);
            Task<bool> renewing = Task.Run(() => Both(() => held.TryRenew(Until(Noon.AddHours(1)))));
            bool ended = Both(() => held.TryExpire(Noon));
            Assert.NotEqual(ended, await renewing);

            bool Both(Func<bool> run)
            {
                start.SignalAndWait();
                return run();
            }
        }
    }

    private static Identity Until(DateTimeOffset time) => new()
    {
        Tenant = "acme",
        Subject = "someone",
        Grants = Grants.None,
        ExpiresAt = time,
    };
}
