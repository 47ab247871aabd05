using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Realtime.Log;
using Realtime.Log.Redis;
using Realtime.Protocol;
using Realtime.Tests.Support;
using StackExchange.Redis;
using static Realtime.Tests.Log.Redis.RedisLogs;

namespace Realtime.Tests.Log.Redis;

/// <summary>What can go wrong around leases in Redis: workers that die between two steps, Redis away, races.</summary>
public sealed partial class RedisLeaseTests : IAsyncLifetime
{
    private static readonly ProducerClaim Runner = new("runner", 5);
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(300);
    private static readonly LeaseKey TheTask = new("acme", LeaseKind.Task, "task-1");
    private static readonly LeaseKey TheAgent = new("acme", LeaseKind.Agent, "a1");

    private RedisServer _server = null!;
    private RedisLog _log = null!;

    public async Task InitializeAsync()
    {
        _server = await RedisServer.StartAsync();
        _log = Create(_server);
        await BackAsync(_log);
    }

    public async Task DisposeAsync()
    {
        await _log.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_worker_that_dies_between_event_and_terminal_leaves_the_end_to_the_next()
    {
        await _log.LeaseAsync(new Lease(TheTask, Runner, Short), None);
        await using RedisConnection connection = Connect();
        RedisLeases leases = LeasesOn(connection);
        LeaseEntry lost = await DueAsync(leases, TheTask);

        // The one that dies: the event is there, the terminal still open.
        Assert.True(await leases.LoseAsync(lost, None));
        Assert.Null((await _log.FindTerminalAsync(Terminal, None))!.Value.ExitCode);
        LeaseResult renewed = await _log.LeaseAsync(new Lease(TheTask, Runner, Short), None);
        Assert.Equal(LeaseStatus.Ended, renewed.Status);

        LeaseSweepReport next = await _log.SweepLeasesAsync(PartitionOf(TheTask), None);

        Assert.Equal((0, 1), (next.TasksLost, next.TerminalsEnded));
        Assert.Equal(LogLimits.LostExitCode, (await _log.FindTerminalAsync(Terminal, None))!.Value.ExitCode);
        Assert.Equal(1, await LostAsync(TheTask));
        Assert.Empty((await leases.FindWorkAsync(PartitionOf(TheTask), 10, None)).Sealing);
    }

    [Fact]
    public async Task Of_many_sweepers_one_declares_a_holder_lost()
    {
        RedisLog[] workers = [.. Enumerable.Range(0, 3).Select(_ => Create(_server))];
        LeaseKey[] agents = [.. Enumerable.Range(0, 30).Select(n => TheAgent with { Name = $"agent-{n}" })];
        await Task.WhenAll(agents.Select(agent => _log.LeaseAsync(new Lease(agent, Runner, Short), None)));
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
                (await _log.OpenAsync(new StreamKey("acme", partition), None)).End.Entry.Offset);
        }

        await Task.WhenAll(workers.Select(worker => worker.DisposeAsync().AsTask()));
    }

    [Fact]
    public async Task Redis_away_for_longer_than_a_term_costs_nobody_its_lease()
    {
        await using RedisLog log = Create(Impatient(_server.Endpoint));
        await BackAsync(log);
        var term = TimeSpan.FromSeconds(1);
        LeaseResult taken = await log.LeaseAsync(new Lease(TheTask, Runner, term), None);
        await log.LeaseAsync(new Lease(TheAgent, Runner, term), None);

        await _server.FreezeAsync();
        await FailsAsync(() => log.LeaseAsync(new Lease(TheTask, Runner, term), None));
        await FailsAsync(() => log.SweepLeasesAsync(PartitionOf(TheTask), None));
        long thaw = taken.ExpiresAtMs + (long)LogLimits.LeaseSweepSilence.TotalMilliseconds + 500;
        await Eventually.TrueAsync(
            "it was away for long", () => TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() > thaw);
        await _server.ThawAsync();

        await BackAsync(log);
        foreach (LeaseKey lease in new[] { TheTask, TheAgent })
        {
            await log.SweepLeasesAsync(PartitionOf(lease), None);
            Assert.Equal(0, await LostAsync(lease));
        }

        // The holder is back as well, and was robbed of nothing; the other one is not, and is lost a term later.
        TerminalAppendResult other = await log.AppendTerminalAsync(Terminal, Bytes("other's"), None);
        Assert.Equal(TerminalAppendStatus.Claimed, other.Status);
        Assert.True((await log.LeaseAsync(new Lease(TheTask, Runner, TimeSpan.FromMinutes(1)), None)).IsRenewed);
        await Eventually.TrueAsync("the other is lost", async () =>
        {
            await log.SweepLeasesAsync(PartitionOf(TheAgent), None);
            return await LostAsync(TheAgent) == 1;
        });
        Assert.Equal(0, await LostAsync(TheTask));
    }

    [Fact]
    public async Task A_lease_that_Redis_lost_is_there_again_after_the_next_renewal()
    {
        await _log.LeaseAsync(new Lease(TheTask, Runner, Short * 100), None);
        await _server.CommandAsync("FLUSHALL");

        LeaseResult again = await _log.LeaseAsync(new Lease(TheTask, Runner, Short * 100), None);

        Assert.Equal((LeaseStatus.Held, false), (again.Status, again.IsRenewed));
        Assert.Equal(
            TerminalAppendStatus.Claimed, (await _log.AppendTerminalAsync(Terminal, Bytes("x"), None)).Status);
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
            await _log.LeaseAsync(new Lease(lease, Runner, Short), None);
        }

        // The first one's terminal is nothing that a script can read.
        string meta = RedisKeys.Of(Terminal)[1].ToString();
        await _server.CommandAsync("SET", meta, "broken");
        LeaseSweepReport sum = default;
        LeaseSweepReport last = default;
        await Eventually.TrueAsync("the others are lost", async () =>
        {
            last = await _log.SweepLeasesAsync(PartitionOf(TheTask), None);
            sum = sum with
            {
                AgentsLost = sum.AgentsLost + last.AgentsLost,
                TasksLost = sum.TasksLost + last.TasksLost,
            };
            return sum.AgentsLost == 1 && sum.TasksLost == tasks.Length - 1 && last.Failed == 1;
        });
        Assert.NotNull(last.Failure);

        await _server.CommandAsync("DEL", meta);
        last = await _log.SweepLeasesAsync(PartitionOf(TheTask), None);
        Assert.Equal((1, 0), (last.TasksLost, last.Failed));
    }

    [Fact]
    public async Task Many_leases_get_their_new_term_page_by_page_before_any_is_due()
    {
        const int Count = 5000;
        RedisKey[] keys = KeysOf(0);
        await _server.CommandAsync(
            "EVAL",
            "for i = 1, tonumber(ARGV[1]) do local m = 'acme/a/agent-' .. i "
            + "redis.call('ZADD', KEYS[1], '1', m) redis.call('HSET', KEYS[2], m, 'runner/5/60000/') end",
            "2", keys[0].ToString(), keys[1].ToString(), Count.ToString(CultureInfo.InvariantCulture));
        await using RedisConnection connection = Connect();
        LeaseWork first = await LeasesOn(connection).FindWorkAsync(0, 10, None);
        Assert.True(first.IsExtending);
        Assert.InRange(first.Extended, 500, 2000);
        Assert.Empty(first.Due);

        LeaseSweepReport rest = await _log.SweepLeasesAsync(0, None);

        Assert.InRange(first.Extended + rest.Extended, Count, Count + 100);
        Assert.Equal((0, 0), (rest.AgentsLost, rest.Failed));
        Assert.Equal(default, await _log.SweepLeasesAsync(0, None));
        Assert.Equal("0", (await _server.CommandAsync("ZCOUNT", keys[0].ToString(), "-inf", "1000")).Trim());
    }

    [Fact]
    public async Task Who_holds_one_renews_it_also_if_it_no_longer_counts_and_the_tenant_has_all_it_may()
    {
        await using RedisLog log = Create(Options(_server.Endpoint) with { LeasesPerTenantMax = 1 });
        await BackAsync(log);
        var lease = new Lease(TheAgent, Runner, Short * 100);
        await log.LeaseAsync(lease, None);
        await _server.CommandAsync("DEL", RedisKeys.LeasesOf("acme").ToString());
        LeaseKey another = TheAgent with { Name = "a2" };
        Assert.Equal(LeaseStatus.Held, (await log.LeaseAsync(lease with { Key = another }, None)).Status);

        Assert.True((await log.LeaseAsync(lease with { IsRenewal = true }, None)).IsRenewed);
        await _server.CommandAsync("ZREM", RedisKeys.LeasesOf("acme").ToString(), "a/a1");
        Assert.True((await log.LeaseAsync(lease, None)).IsRenewed);
        LeaseKey third = TheAgent with { Name = "a3" };
        Assert.Equal(LeaseStatus.TooMany, (await log.LeaseAsync(lease with { Key = third }, None)).Status);
    }

    [Fact]
    public async Task What_was_counted_before_the_clock_went_back_counts_no_longer()
    {
        await using RedisLog log = Create(Options(_server.Endpoint) with { LeasesPerTenantMax = 1 });
        await BackAsync(log);
        long inAnHour = (TimeProvider.System.GetUtcNow() + TimeSpan.FromHours(1)).ToUnixTimeMilliseconds();
        await _server.CommandAsync(
            "ZADD", RedisKeys.LeasesOf("acme").ToString(), inAnHour.ToString(CultureInfo.InvariantCulture), "a/gone");

        LeaseResult taken = await log.LeaseAsync(new Lease(TheAgent, Runner, Long), None);

        Assert.Equal(LeaseStatus.Held, taken.Status);
    }

    [Fact]
    public async Task After_a_loss_a_producer_is_told_to_begin_with_one()
    {
        EventAppend Numbered(int seq, long epoch) =>
            Event($"{epoch}/{seq}") with { Producer = new ProducerNumber("p", "g", epoch, seq) };
        await _log.AppendAsync(Events, [Numbered(1, 5), Numbered(2, 5)], None);
        await _server.CommandAsync("FLUSHALL");

        AppendResult told = await _log.AppendAsync(Events, [Numbered(3, 5)], None);
        Assert.Equal((AppendStatus.ProducerGap, 1), (told.Outcomes[0].Status, told.Outcomes[0].ExpectedSeq));
        AppendResult anew = await _log.AppendAsync(Events, [Numbered(1, 6)], None);
        Assert.Equal(AppendStatus.Stored, anew.Outcomes[0].Status);
    }

    private static int PartitionOf(LeaseKey lease) => Partitioner.Of(lease.Tenant, lease.Name, 4);

    private static async Task<LeaseEntry> DueAsync(RedisLeases leases, LeaseKey lease)
    {
        LeaseWork? work = null;
        await Eventually.TrueAsync("it runs out", async () =>
        {
            work = await leases.FindWorkAsync(PartitionOf(lease), 10, None);
            return work.Due.Count > 0;
        });
        return Assert.Single(work!.Due);
    }

    private RedisKey[] KeysOf(int partition) =>
        new RedisKeys(new RedisGeneration(Options(_server.Endpoint).Partitions)).Leases(partition);

    private RedisConnection Connect() => new(
        Options(_server.Endpoint).Redis, "test", null, TimeProvider.System, NullLogger.Instance);

    private RedisLeases LeasesOn(RedisConnection connection)
    {
        LogOptions options = Options(_server.Endpoint);
        var keys = new RedisKeys(new RedisGeneration(options.Partitions));
        return new RedisLeases(
            connection, keys, new RedisTerminalRegistry(connection, keys, options, TimeProvider.System), options);
    }

    private async Task<long> LostAsync(LeaseKey lease)
    {
        StreamOpening opening = await _log.OpenAsync(new StreamKey("acme", PartitionOf(lease)), None);
        return opening.End.Entry.Offset;
    }
}
