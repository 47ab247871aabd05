using System.Globalization;
using Realtime.Log;
using Realtime.Log.Redis;
using Realtime.Tests.Support;
using static Realtime.Tests.Log.Redis.RedisLeaseScene;
using static Realtime.Tests.Log.Redis.RedisLogs;

namespace Realtime.Tests.Log.Redis;

/// <summary>Leases when Redis is away or has lost what it knew of them.</summary>
public sealed class RedisLeaseTests : IAsyncLifetime
{
    private readonly RedisLeaseScene _scene = new();

    public Task InitializeAsync() => _scene.InitializeAsync();

    public Task DisposeAsync() => _scene.DisposeAsync();

    [Fact]
    public async Task Redis_away_for_longer_than_a_term_costs_nobody_its_lease()
    {
        await using RedisLog log = Create(Impatient(_scene.Server.Endpoint));
        await BackAsync(log);
        var term = TimeSpan.FromSeconds(1);
        LeaseResult taken = await log.LeaseAsync(new Lease(TheTask, Runner, term), None);
        await log.LeaseAsync(new Lease(TheAgent, Runner, term), None);

        await _scene.Server.FreezeAsync();
        await FailsAsync(() => log.LeaseAsync(new Lease(TheTask, Runner, term), None));
        await FailsAsync(() => log.SweepLeasesAsync(PartitionOf(TheTask), None));
        long thaw = taken.ExpiresAtMs + (long)LogLimits.LeaseSweepSilence.TotalMilliseconds + 500;
        await Eventually.TrueAsync(
            "it was away for long", () => TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() > thaw);
        await _scene.Server.ThawAsync();

        await BackAsync(log);
        foreach (LeaseKey lease in new[] { TheTask, TheAgent })
        {
            await log.SweepLeasesAsync(PartitionOf(lease), None);
            Assert.Equal(0, await _scene.LostAsync(lease));
        }

        // The holder is back as well, and was robbed of nothing; the other one is not, and is lost a term later.
        TerminalAppendResult other = await log.AppendTerminalAsync(Terminal, Bytes("other's"), None);
        Assert.Equal(TerminalAppendStatus.Claimed, other.Status);
        Assert.True((await log.LeaseAsync(new Lease(TheTask, Runner, TimeSpan.FromMinutes(1)), None)).IsRenewed);
        await Eventually.TrueAsync("the other is lost", async () =>
        {
            await log.SweepLeasesAsync(PartitionOf(TheAgent), None);
            return await _scene.LostAsync(TheAgent) == 1;
        });
        Assert.Equal(0, await _scene.LostAsync(TheTask));
    }

    [Fact]
    public async Task A_lease_that_Redis_lost_is_there_again_after_the_next_renewal()
    {
        await _scene.Log.LeaseAsync(new Lease(TheTask, Runner, Short * 100), None);
        await _scene.Server.CommandAsync("FLUSHALL");

        LeaseResult again = await _scene.Log.LeaseAsync(new Lease(TheTask, Runner, Short * 100), None);

        Assert.Equal((LeaseStatus.Held, false), (again.Status, again.IsRenewed));
        Assert.Equal(
            TerminalAppendStatus.Claimed, (await _scene.Log.AppendTerminalAsync(Terminal, Bytes("x"), None)).Status);
    }

    [Fact]
    public async Task Who_holds_one_renews_it_also_if_it_no_longer_counts_and_the_tenant_has_all_it_may()
    {
        await using RedisLog log = Create(Options(_scene.Server.Endpoint) with { LeasesPerTenantMax = 1 });
        await BackAsync(log);
        var lease = new Lease(TheAgent, Runner, Short * 100);
        await log.LeaseAsync(lease, None);
        await _scene.Server.CommandAsync("DEL", RedisKeys.LeasesOf("acme").ToString());
        LeaseKey another = TheAgent with { Name = "a2" };
        Assert.Equal(LeaseStatus.Held, (await log.LeaseAsync(lease with { Key = another }, None)).Status);

        Assert.True((await log.LeaseAsync(lease with { IsRenewal = true }, None)).IsRenewed);
        await _scene.Server.CommandAsync("ZREM", RedisKeys.LeasesOf("acme").ToString(), "a/a1");
        Assert.True((await log.LeaseAsync(lease, None)).IsRenewed);
        LeaseKey third = TheAgent with { Name = "a3" };
        Assert.Equal(LeaseStatus.TooMany, (await log.LeaseAsync(lease with { Key = third }, None)).Status);
    }

    [Fact]
    public async Task What_was_counted_before_the_clock_went_back_counts_no_longer()
    {
        await using RedisLog log = Create(Options(_scene.Server.Endpoint) with { LeasesPerTenantMax = 1 });
        await BackAsync(log);
        long inAnHour = (TimeProvider.System.GetUtcNow() + TimeSpan.FromHours(1)).ToUnixTimeMilliseconds();
        await _scene.Server.CommandAsync(
            "ZADD", RedisKeys.LeasesOf("acme").ToString(), inAnHour.ToString(CultureInfo.InvariantCulture), "a/gone");

        LeaseResult taken = await log.LeaseAsync(new Lease(TheAgent, Runner, Short * 100), None);

        Assert.Equal(LeaseStatus.Held, taken.Status);
    }
}
