using System.Globalization;
using Realtime.Log;
using Realtime.Log.Redis;
using Realtime.Tests.Support;
using StackExchange.Redis;
using static Realtime.Tests.Log.Redis.RedisLeaseScene;
using static Realtime.Tests.Log.Redis.RedisLogs;

namespace Realtime.Tests.Log.Redis;

/// <summary>Sweeps for leases that ran out: workers that die between two steps, many at once.</summary>
public sealed class RedisLeaseSweepTests : IAsyncLifetime
{
    private readonly RedisLeaseScene _scene = new();

    public Task InitializeAsync() => _scene.InitializeAsync();

    public Task DisposeAsync() => _scene.DisposeAsync();

    [Fact]
    public async Task A_worker_that_dies_between_event_and_terminal_leaves_the_end_to_the_next()
    {
        await _scene.Log.LeaseAsync(new Lease(TheTask, Runner, Short), None);
        LeaseEntry lost = await _scene.DueAsync(TheTask);

        // The one that dies: the event is there, the terminal still open.
        Assert.True(await _scene.Leases.LoseAsync(lost, None));
        Assert.Null((await _scene.Log.FindTerminalAsync(Terminal, None))!.Value.ExitCode);
        LeaseResult renewed = await _scene.Log.LeaseAsync(new Lease(TheTask, Runner, Short), None);
        Assert.Equal(LeaseStatus.Ended, renewed.Status);

        LeaseSweepReport next = await _scene.Log.SweepLeasesAsync(PartitionOf(TheTask), None);

        Assert.Equal((0, 1), (next.TasksLost, next.TerminalsEnded));
        Assert.Equal(LogLimits.LostExitCode, (await _scene.Log.FindTerminalAsync(Terminal, None))!.Value.ExitCode);
        Assert.Equal(1, await _scene.LostAsync(TheTask));
        Assert.Empty((await _scene.Leases.FindWorkAsync(PartitionOf(TheTask), 10, None)).Sealing);
    }

    [Fact]
    public async Task Of_many_sweepers_one_declares_a_holder_lost()
    {
        RedisLog[] workers = [.. Enumerable.Range(0, 3).Select(_ => Create(_scene.Server))];
        LeaseKey[] agents = [.. Enumerable.Range(0, 30).Select(n => TheAgent with { Name = $"agent-{n}" })];
        await Task.WhenAll(agents.Select(agent => _scene.Log.LeaseAsync(new Lease(agent, Runner, Short), None)));
        int lost = 0;
        await Eventually.TrueAsync("all are lost", async () =>
        {
            LeaseSweepReport[] reports = await Task.WhenAll(
                from worker in workers
                from partition in Enumerable.Range(0, 4)
                select Task.Run(() => worker.SweepLeasesAsync(partition, None)));
            lost += reports.Sum(report => report.AgentsLost);
            return lost >= agents.Length;
        });
        await Task.WhenAll(workers.Select(worker => worker.SweepLeasesAsync(0, None)));

        Assert.Equal(agents.Length, lost);
        foreach (int partition in Enumerable.Range(0, 4))
        {
            Assert.Equal(
                agents.Count(agent => PartitionOf(agent) == partition),
                (await _scene.Log.OpenAsync(new StreamKey("acme", partition), None)).End.Entry.Offset);
        }

        await Task.WhenAll(workers.Select(worker => worker.DisposeAsync().AsTask()));
    }

    [Fact]
    public async Task One_that_can_not_be_ended_does_not_hold_up_the_others()
    {
        LeaseKey[] tasks = [.. Enumerable.Range(1, 40).Select(n => TheTask with { Name = $"task-{n}" })];
        tasks = [.. tasks.Where(task => PartitionOf(task) == PartitionOf(TheTask))];
        LeaseKey agent = Enumerable.Range(1, 40).Select(n => TheAgent with { Name = $"agent-{n}" })
            .First(one => PartitionOf(one) == PartitionOf(TheTask));
        foreach (LeaseKey lease in (LeaseKey[])[.. tasks, agent])
        {
            await _scene.Log.LeaseAsync(new Lease(lease, Runner, Short), None);
        }

        // The first one's terminal is nothing that a script can read.
        string meta = RedisKeys.Of(Terminal)[1].ToString();
        await _scene.Server.CommandAsync("SET", meta, "broken");
        LeaseSweepReport sum = default;
        LeaseSweepReport last = default;
        await Eventually.TrueAsync("the others are lost", async () =>
        {
            last = await _scene.Log.SweepLeasesAsync(PartitionOf(TheTask), None);
            sum = sum with
            {
                AgentsLost = sum.AgentsLost + last.AgentsLost,
                TasksLost = sum.TasksLost + last.TasksLost,
            };
            return sum.AgentsLost == 1 && sum.TasksLost == tasks.Length - 1 && last.Failed == 1;
        });
        Assert.NotNull(last.Failure);

        await _scene.Server.CommandAsync("DEL", meta);
        last = await _scene.Log.SweepLeasesAsync(PartitionOf(TheTask), None);
        Assert.Equal((1, 0), (last.TasksLost, last.Failed));
    }

    [Fact]
    public async Task Many_leases_get_their_new_term_page_by_page_before_any_is_due()
    {
        const int Count = 5000;
        RedisKey[] keys = _scene.KeysOf(0);
        await _scene.Server.CommandAsync(
            "EVAL",
            "for i = 1, tonumber(ARGV[1]) do local m = 'acme/a/agent-' .. i "
            + "redis.call('ZADD', KEYS[1], '1', m) redis.call('HSET', KEYS[2], m, 'runner/5/60000/') end",
            "2", keys[0].ToString(), keys[1].ToString(), Count.ToString(CultureInfo.InvariantCulture));
        LeaseWork first = await _scene.Leases.FindWorkAsync(0, 10, None);
        Assert.True(first.IsExtending);
        Assert.InRange(first.Extended, 500, 2000);
        Assert.Empty(first.Due);

        LeaseSweepReport rest = await _scene.Log.SweepLeasesAsync(0, None);

        Assert.InRange(first.Extended + rest.Extended, Count, Count + 100);
        Assert.Equal((0, 0), (rest.AgentsLost, rest.Failed));
        Assert.Equal(default, await _scene.Log.SweepLeasesAsync(0, None));
        Assert.Equal("0", (await _scene.Server.CommandAsync("ZCOUNT", keys[0].ToString(), "-inf", "1000")).Trim());
    }
}
