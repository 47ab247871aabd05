using Microsoft.Extensions.Logging.Abstractions;
using Realtime.Log;
using Realtime.Log.Redis;
using Realtime.Log.Redis.Repartitioning;
using Realtime.Protocol;
using Realtime.Protocol.Events;
using Realtime.Tests.Support;
using static Realtime.Tests.Log.Redis.RedisLogs;

namespace Realtime.Tests.Log.Redis.Repartitioning;

/// <summary>Leases over a repartition: nobody is robbed, nobody is declared lost twice or not at all.</summary>
public sealed class RepartitionLeaseTests
{
    private static readonly ProducerClaim Runner = new("runner", 5);
    private static readonly ProducerClaim Other = new("other", 9);
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5);

    private static readonly LeaseKey[] Leases =
    [
        .. Enumerable.Range(0, 12).Select(n => new LeaseKey("acme", LeaseKind.Agent, $"a{n}")),
        .. Enumerable.Range(0, 12).Select(n => new LeaseKey("beta", LeaseKind.Task, $"t{n}")),
    ];

    [Fact]
    public async Task Who_held_a_lease_holds_it_afterwards_and_is_lost_once_if_it_is_gone()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        var scene = new RepartitionScene(server, 21);
        await using RedisLog old = Create(scene.OptionsOf(4));
        foreach ((int index, LeaseKey lease) in Leases.Index())
        {
            // Every other one is gone by the time the repartition is done.
            TimeSpan term = index % 2 == 0 ? Long : Short;
            Assert.Equal(LeaseStatus.Held, (await old.LeaseAsync(new Lease(lease, Runner, term), None)).Status);
        }

        await using Repartition repartition = scene.Repartition();
        await repartition.RunAsync(7, None);
        await using RedisLog young = Create(scene.OptionsOf(7));

        LeaseSweepReport first = await SweepAsync(young, 7);
        Assert.Equal(new LeaseSweepReport(0, 0, 0, Leases.Length), first);
        foreach ((int index, LeaseKey lease) in Leases.Index())
        {
            Assert.Equal(LeaseStatus.Leased, (await young.LeaseAsync(new Lease(lease, Other, Long), None)).Status);
            if (index % 2 == 0)
            {
                Assert.True((await young.LeaseAsync(new Lease(lease, Runner, Long), None)).IsRenewed);
            }
        }

        LeaseSweepReport total = default;
        await Eventually.TrueAsync("those that are gone are lost", async () =>
        {
            LeaseSweepReport one = await SweepAsync(young, 7);
            total = new LeaseSweepReport(
                total.AgentsLost + one.AgentsLost, total.TasksLost + one.TasksLost,
                total.TerminalsEnded + one.TerminalsEnded, 0);
            return total.AgentsLost + total.TasksLost >= Leases.Length / 2;
        });
        Assert.Equal(new LeaseSweepReport(6, 6, 6, 0), total);
        Assert.Equal(0, (await SweepAsync(young, 7)).AgentsLost);
        Assert.Equal(LeaseStatus.Held, (await young.LeaseAsync(new Lease(Leases[1], Other, Long), None)).Status);
        Assert.Equal(
            Enumerable.Repeat(1L, 12),
            await Task.WhenAll(Leases.Where((_, index) => index % 2 == 1).Select(CountAsync)));

        async Task<long> CountAsync(LeaseKey lease)
        {
            var stream = new StreamKey(lease.Tenant, Partitioner.Of(lease.Tenant, lease.Name, 7));
            EventRead read = await young.ReadAsync(
                stream, Beginning((await young.OpenAsync(stream, None)).End.Epoch), ReadLimit.Default, ReadLane.Bulk,
                None);
            return read.Entries.Count(entry => EnvelopeCodec.TryRead(entry.Envelope, out EventEnvelope? lost)
                && (lost!.Type is "agent.lost" or "task.lost")
                && (lost.Task ?? lost.Agent) == lease.Name);
        }
    }

    [Fact]
    public async Task While_it_runs_leases_are_neither_taken_nor_renewed_nor_given_back_nor_lost()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        var scene = new RepartitionScene(server, 22);
        await using RedisLog old = Create(scene.OptionsOf(4));
        LeaseKey agent = Leases[0];
        LeaseKey task = Leases[^1];
        await old.LeaseAsync(new Lease(agent, Runner, Short), None);
        await old.LeaseAsync(new Lease(task, Runner, Short), None);

        // A stream that is there already is not made: only what would write into it can be refused.
        var stream = new StreamKey(agent.Tenant, PartitionOf(agent, 4));
        StreamOpening opening = await old.OpenAsync(stream, None);
        await using RedisConnection connection = new(
            scene.OptionsOf(4).Redis, "test", null, TimeProvider.System, NullLogger.Instance);
        RedisLeases leases = LeasesOn(connection, scene.OptionsOf(4));
        LeaseEntry due = default;
        await Eventually.TrueAsync("it runs out", async () =>
        {
            LeaseWork work = await leases.FindWorkAsync(PartitionOf(agent, 4), 10, None);
            due = work.Due.FirstOrDefault(one => one.ToLease().Key == agent);
            return due != default;
        });
        await using (Repartition broken = scene.Repartition(progress =>
        {
            if (progress.Phase == RepartitionPhase.Copying)
            {
                throw new TimeoutException();
            }
        }))
        {
            await Assert.ThrowsAsync<TimeoutException>(() => broken.RunAsync(7, None));
        }

        await RefusedAsync(() => old.LeaseAsync(new Lease(agent, Runner, Short), None));
        await RefusedAsync(() => old.LeaseAsync(new Lease(agent with { Name = "newcomer" }, Runner, Short), None));
        await RefusedAsync(() => old.ReleaseLeaseAsync(task, Runner, None));
        await RefusedAsync(() => leases.LoseAsync(due, None));
        await RefusedAsync(() => leases.SealAsync(due with { Member = LeaseEntry.MemberOf(task) }, None));
        Assert.Equal(default, await SweepAsync(old, 4));
        Assert.Equal(opening.End, (await old.OpenAsync(stream, None)).End);

        // Aborted, the holder that could not renew meanwhile has a whole term again.
        await using Repartition repartition = scene.Repartition();
        await repartition.AbortAsync(None);
        LeaseSweepReport first = await SweepAsync(old, 4);
        Assert.Equal((0, 0, 2), (first.AgentsLost, first.TasksLost, first.Extended));
        Assert.True((await old.LeaseAsync(new Lease(agent, Runner, Long), None)).IsRenewed);
        Assert.Equal(string.Empty, await server.CommandAsync("KEYS", "rt:{p*g1*:leases*"));
    }

    [Fact]
    public async Task A_lost_task_whose_terminal_was_not_ended_yet_is_ended_by_the_new_partitions()
    {
        await using RedisServer server = await RedisServer.StartAsync();
        var scene = new RepartitionScene(server, 23);
        await using RedisLog old = Create(scene.OptionsOf(4));
        LeaseKey task = Leases[^1];
        await old.LeaseAsync(new Lease(task, Runner, Short), None);
        await using RedisConnection connection = new(
            scene.OptionsOf(4).Redis, "test", null, TimeProvider.System, NullLogger.Instance);
        RedisLeases leases = LeasesOn(connection, scene.OptionsOf(4));
        await Eventually.TrueAsync("the task is lost", async () =>
        {
            LeaseWork work = await leases.FindWorkAsync(PartitionOf(task, 4), 10, None);
            return work.Due.Count > 0 && await leases.LoseAsync(work.Due[0], None);
        });

        await using Repartition repartition = scene.Repartition();
        await repartition.RunAsync(7, None);
        await using RedisLog young = Create(scene.OptionsOf(7));
        Assert.Null((await young.FindTerminalAsync(task.Terminal, None))!.Value.ExitCode);

        Assert.Equal(new LeaseSweepReport(0, 0, 1, 0), await SweepAsync(young, 7));
        Assert.Equal(LogLimits.LostExitCode, (await young.FindTerminalAsync(task.Terminal, None))!.Value.ExitCode);
        Assert.Equal(default, await SweepAsync(young, 7));
    }

    private static async Task RefusedAsync(Func<Task> call) => Assert.Equal(
        LogUnavailableReason.Repartitioning, (await Assert.ThrowsAsync<LogUnavailableException>(call)).Reason);

    private static async Task<LeaseSweepReport> SweepAsync(RedisLog log, int partitions)
    {
        LeaseSweepReport[] all = await Task.WhenAll(
            Enumerable.Range(0, partitions).Select(partition => log.SweepLeasesAsync(partition, None)));
        return new LeaseSweepReport(
            all.Sum(one => one.AgentsLost), all.Sum(one => one.TasksLost), all.Sum(one => one.TerminalsEnded),
            all.Sum(one => one.Extended), all.Sum(one => one.Failed));
    }

    private static int PartitionOf(LeaseKey lease, int partitions) =>
        Partitioner.Of(lease.Tenant, lease.Name, partitions);

    private static RedisLeases LeasesOn(RedisConnection connection, LogOptions options)
    {
        var keys = new RedisKeys(new RedisGeneration(options.Partitions));
        return new RedisLeases(
            connection, keys, new RedisTerminalRegistry(connection, keys, options, TimeProvider.System), options);
    }
}
