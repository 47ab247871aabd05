using Realtime.Log;
using Realtime.Log.Redis;
using Realtime.Protocol;
using static Realtime.Tests.Log.Redis.RedisLeaseScene;
using static Realtime.Tests.Log.Redis.RedisLogs;

namespace Realtime.Tests.Log.Redis;

/// <summary>What happens between the steps of a sweep: what it found is no longer so.</summary>
public sealed class RedisLeaseRaceTests : IAsyncLifetime
{
    private static readonly ProducerClaim Later = new("runner", 6);
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);

    private readonly RedisLeaseScene _scene = new();

    public Task InitializeAsync() => _scene.InitializeAsync();

    public Task DisposeAsync() => _scene.DisposeAsync();

    [Fact]
    public async Task A_later_life_that_takes_over_before_the_terminal_ends_keeps_it()
    {
        await _scene.Log.LeaseAsync(new Lease(TheTask, Runner, Short), None);
        LeaseEntry lost = await _scene.DueAsync(TheTask);
        Assert.True(await _scene.Leases.LoseAsync(lost, None));

        LeaseResult taken = await _scene.Log.LeaseAsync(new Lease(TheTask, Later, Long), None);
        Assert.Equal(LeaseStatus.Held, taken.Status);
        Assert.Empty((await _scene.Leases.FindWorkAsync(PartitionOf(TheTask), 10, None)).Sealing);

        // A sweep that was under way, and one that begins.
        Assert.False(await _scene.Leases.SealAsync(lost, None));
        Assert.Equal(default, await _scene.Log.SweepLeasesAsync(PartitionOf(TheTask), None));
        Assert.Null((await _scene.Log.FindTerminalAsync(Terminal, None))!.Value.ExitCode);
    }

    [Fact]
    public async Task A_later_life_that_is_lost_too_is_still_to_be_ended_when_the_earlier_one_is_done()
    {
        await _scene.Log.LeaseAsync(new Lease(TheTask, Runner, Short), None);
        LeaseEntry earlier = await _scene.DueAsync(TheTask);
        Assert.True(await _scene.Leases.LoseAsync(earlier, None));
        await _scene.Log.LeaseAsync(new Lease(TheTask, Later, Short), None);
        LeaseEntry later = await _scene.DueAsync(TheTask);
        Assert.True(await _scene.Leases.LoseAsync(later, None));

        // The first sweep comes to its second step only now.
        Assert.False(await _scene.Leases.SealAsync(earlier, None));
        Assert.Null((await _scene.Log.FindTerminalAsync(Terminal, None))!.Value.ExitCode);
        LeaseSweepReport next = await _scene.Log.SweepLeasesAsync(PartitionOf(TheTask), None);

        Assert.Equal((0, 1), (next.TasksLost, next.TerminalsEnded));
        Assert.Equal(LogLimits.LostExitCode, (await _scene.Log.FindTerminalAsync(Terminal, None))!.Value.ExitCode);
        Assert.Empty((await _scene.Leases.FindWorkAsync(PartitionOf(TheTask), 10, None)).Sealing);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_is_renewed_or_released_while_a_sweep_runs_is_not_lost(bool isRenewed)
    {
        var lease = new Lease(TheTask, Runner, Long);
        await _scene.Log.LeaseAsync(lease, None);
        await RunOutAsync();
        LeaseEntry due = await _scene.DueAsync(TheTask);

        if (isRenewed)
        {
            // By the same words, so that only its time tells it from what the sweep found.
            Assert.True((await _scene.Log.LeaseAsync(lease, None)).IsRenewed);
        }
        else
        {
            Assert.True(await _scene.Log.ReleaseLeaseAsync(TheTask, Runner, None));
        }

        Assert.False(await _scene.Leases.LoseAsync(due, None));
        Assert.Equal(0, await _scene.LostAsync(TheTask));
        Assert.Null((await _scene.Log.FindTerminalAsync(Terminal, None))!.Value.ExitCode);
    }

    [Fact]
    public async Task A_later_life_that_ran_out_too_is_lost_as_itself()
    {
        await _scene.Log.LeaseAsync(new Lease(TheTask, Runner, Short), None);
        LeaseEntry earlier = await _scene.DueAsync(TheTask);
        await _scene.Log.LeaseAsync(new Lease(TheTask, Later, Long), None);
        await RunOutAsync();

        Assert.False(await _scene.Leases.LoseAsync(earlier, None));
        Assert.Equal(0, await _scene.LostAsync(TheTask));
        LeaseSweepReport next = await _scene.Log.SweepLeasesAsync(PartitionOf(TheTask), None);

        Assert.Equal((1, 1), (next.TasksLost, next.TerminalsEnded));
        Assert.Equal(1, await _scene.LostAsync(TheTask));
    }

    [Fact]
    public async Task Who_gives_back_again_what_another_has_by_now_takes_nothing_of_it()
    {
        var other = new ProducerClaim("other", Runner.Epoch);
        await _scene.Log.LeaseAsync(new Lease(TheTask, Runner, Long), None);
        Assert.True(await _scene.Log.ReleaseLeaseAsync(TheTask, Runner, None));
        Assert.Equal(LeaseStatus.Held, (await _scene.Log.LeaseAsync(new Lease(TheTask, other, Long), None)).Status);

        Assert.False(await _scene.Log.ReleaseLeaseAsync(TheTask, Runner, None));

        Assert.Equal(
            TerminalAppendStatus.Claimed, (await _scene.Log.AppendTerminalAsync(Terminal, Bytes("x"), None)).Status);
        Assert.True((await _scene.Log.LeaseAsync(new Lease(TheTask, other, Long), None)).IsRenewed);
    }

    [Fact]
    public async Task That_nobody_looked_while_there_were_none_gives_no_new_term()
    {
        await _scene.Server.CommandAsync("SET", _scene.KeysOf(PartitionOf(TheTask))[3].ToString(), "1");
        await _scene.Log.LeaseAsync(new Lease(TheTask, Runner, Long), None);

        Assert.Equal(default, await _scene.Log.SweepLeasesAsync(PartitionOf(TheTask), None));
    }

    // The task's lease, at once.
    private Task<string> RunOutAsync() => _scene.Server.CommandAsync(
        "ZADD", _scene.KeysOf(PartitionOf(TheTask))[0].ToString(), "XX", "1", LeaseEntry.MemberOf(TheTask));
}
