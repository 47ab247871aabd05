using Realtime.Log;
using Realtime.Protocol;
using Realtime.Protocol.Events;
using Realtime.Tests.Support;

namespace Realtime.Tests.Log;

public abstract partial class PartitionedLogContract
{
    private static readonly TimeSpan Term = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan LongTerm = TimeSpan.FromMinutes(5);
    private static readonly ProducerClaim Runner = new("runner", 5);

    private LeaseKey Agent => new(Stream.Tenant, LeaseKind.Agent, "a1");

    private LeaseKey Task1 => new(Stream.Tenant, LeaseKind.Task, Terminal.Task);

    [Fact]
    public async Task An_agent_whose_lease_runs_out_is_declared_lost_once()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        long before = await NowAsync(log, Agent);
        LeaseResult taken = await log.LeaseAsync(new Lease(Agent, Runner, Term), None);
        Assert.Equal((LeaseStatus.Held, false), (taken.Status, taken.IsRenewed));
        Assert.InRange(taken.ExpiresAtMs, before + (long)Term.TotalMilliseconds, before + 60_000);
        Assert.True((await log.LeaseAsync(new Lease(Agent, Runner, Term), None)).IsRenewed);

        LeaseSweepReport report = await SweepUntilLostAsync(log, Agent);
        await log.SweepLeasesAsync(PartitionOf(Agent), None);

        Assert.True(report.AgentsLost > 0);
        EventEnvelope lost = Assert.Single(await EventsAsync(log, Agent));
        Assert.Equal((Channel.Agents, "agent.lost", "a1", "agent:a1:status"),
            (lost.Channel, lost.Type, lost.Agent, lost.StateKey));
        Assert.Equal(
            """{"status":"lost","reason":"lease_expired","holder":"runner"}""",
            MessagePackJson.ToJson(lost.Payload.Span));
        StreamOpening opening = await log.OpenAsync(StreamOf(Agent), None);
        Assert.Equal("agent:a1:status", Assert.Single(opening.State).StateKey);
        Assert.False((await log.LeaseAsync(new Lease(Agent, Runner, Term), None)).IsRenewed);
    }

    [Fact]
    public async Task A_task_whose_lease_runs_out_is_declared_lost_and_its_terminal_ends()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        await log.LeaseAsync(new Lease(Task1, Runner, Term, Agent: "a1"), None);
        await AppendAsync(log, "some", Runner);

        LeaseSweepReport report = await SweepUntilLostAsync(log, Task1);

        Assert.True(report is { TasksLost: > 0, TerminalsEnded: > 0 });
        TerminalBounds? bounds = await log.FindTerminalAsync(Terminal, None);
        Assert.Equal((LogLimits.LostExitCode, 4L), (bounds!.Value.ExitCode, bounds.Value.End));
        EventEnvelope lost = Assert.Single(await EventsAsync(log, Task1));
        Assert.Equal((Channel.Tasks, "task.lost", "a1", Terminal.Task, Terminal.Task, null),
            (lost.Channel, lost.Type, lost.Agent, lost.Task, lost.Group, lost.StateKey));
        Assert.Equal(LeaseStatus.Ended, (await log.LeaseAsync(new Lease(Task1, Runner, Term), None)).Status);
    }

    [Fact]
    public async Task What_is_renewed_is_not_lost_and_what_is_released_neither()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        LeaseResult taken = await log.LeaseAsync(new Lease(Agent, Runner, Term), None);
        await log.LeaseAsync(new Lease(Task1, Runner, Term), None);
        Assert.False(await log.ReleaseLeaseAsync(Task1, new ProducerClaim("other", 9), None));
        Assert.False(await log.ReleaseLeaseAsync(Task1, Runner with { Epoch = 4 }, None));
        Assert.True(await log.ReleaseLeaseAsync(Task1, Runner, None));
        Assert.False(await log.ReleaseLeaseAsync(Task1, Runner, None));

        // Before any sweep, so that it comes in time however late it is.
        Assert.True((await log.LeaseAsync(new Lease(Agent, Runner, LongTerm), None)).IsRenewed);
        await Eventually.TrueAsync("time goes on behind the first term", async () =>
        {
            Tick(TimeSpan.FromMilliseconds(50));
            await log.SweepLeasesAsync(PartitionOf(Agent), None);
            await log.SweepLeasesAsync(PartitionOf(Task1), None);
            return await NowAsync(log, Agent) > taken.ExpiresAtMs + Term.TotalMilliseconds;
        });
        Assert.Empty(await EventsAsync(log, Agent));
        Assert.Empty(await EventsAsync(log, Task1));
        Assert.Null((await log.FindTerminalAsync(Terminal, None))!.Value.ExitCode);
    }

    [Fact]
    public async Task A_lease_is_held_against_others_and_earlier_lives_until_it_is_lost()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        foreach (LeaseKey key in new[] { Agent, Task1 })
        {
            LeaseResult taken = await log.LeaseAsync(new Lease(key, Runner, LongTerm), None);

            LeaseResult other = await log.LeaseAsync(new Lease(key, new ProducerClaim("other", 9), Term), None);
            Assert.Equal((LeaseStatus.Leased, taken.ExpiresAtMs), (other.Status, other.ExpiresAtMs));
            LeaseResult earlier = await log.LeaseAsync(new Lease(key, Runner with { Epoch = 4 }, Term), None);
            Assert.Equal(LeaseStatus.Stale, earlier.Status);

            LeaseResult later = await log.LeaseAsync(new Lease(key, Runner with { Epoch = 6 }, LongTerm), None);
            Assert.Equal((LeaseStatus.Held, false), (later.Status, later.IsRenewed));
            Assert.Equal(LeaseStatus.Stale, (await log.LeaseAsync(new Lease(key, Runner, Term), None)).Status);
            Assert.True(await log.ReleaseLeaseAsync(key, Runner with { Epoch = 6 }, None));
            other = await log.LeaseAsync(new Lease(key, new ProducerClaim("other", 0), Term), None);
            Assert.Equal(LeaseStatus.Held, other.Status);
        }
    }

    [Fact]
    public async Task A_task_that_ended_and_was_only_not_released_is_not_lost()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        LeaseResult taken = await log.LeaseAsync(new Lease(Task1, Runner, Term), None);
        await log.EndTerminalAsync(Terminal, 0, Runner, None);

        await Eventually.TrueAsync("the lease is gone", async () =>
        {
            Tick(TimeSpan.FromMilliseconds(50));
            await log.SweepLeasesAsync(PartitionOf(Task1), None);
            return await NowAsync(log, Task1) > taken.ExpiresAtMs
                && !await log.ReleaseLeaseAsync(Task1, Runner with { Epoch = 99 }, None);
        });
        Assert.Empty(await EventsAsync(log, Task1));
        Assert.Equal(0, (await log.FindTerminalAsync(Terminal, None))!.Value.ExitCode);
    }

    [Fact]
    public async Task What_was_lost_or_given_back_is_not_renewed_but_may_be_taken_anew()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        var renewal = new Lease(Agent, Runner, Term, IsRenewal: true);
        Assert.Equal(LeaseStatus.Lost, (await log.LeaseAsync(renewal, None)).Status);
        await log.LeaseAsync(renewal with { IsRenewal = false }, None);
        LeaseResult renewed = await log.LeaseAsync(renewal, None);
        Assert.Equal((LeaseStatus.Held, true), (renewed.Status, renewed.IsRenewed));
        var later = renewal with { Holder = Runner with { Epoch = 6 } };
        Assert.Equal(LeaseStatus.Lost, (await log.LeaseAsync(later, None)).Status);
        var other = renewal with { Holder = Other };
        Assert.Equal(LeaseStatus.Leased, (await log.LeaseAsync(other, None)).Status);
        await SweepUntilLostAsync(log, Agent);

        Assert.Equal(LeaseStatus.Lost, (await log.LeaseAsync(renewal, None)).Status);
        Assert.Equal(LeaseStatus.Held, (await log.LeaseAsync(other with { IsRenewal = false }, None)).Status);
        await log.ReleaseLeaseAsync(Agent, Other, None);
        Assert.Equal(LeaseStatus.Lost, (await log.LeaseAsync(other, None)).Status);
        Assert.Single(await EventsAsync(log, Agent));
    }

    [Fact]
    public async Task A_renewal_of_what_is_not_held_does_not_touch_the_terminal()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        LeaseResult renewed = await log.LeaseAsync(new Lease(Task1, Runner, LongTerm, IsRenewal: true), None);
        Assert.Equal(LeaseStatus.Lost, renewed.Status);
        Assert.Null(await log.FindTerminalAsync(Terminal, None));
    }

    [Fact]
    public async Task What_was_refused_does_not_count()
    {
        await using IPartitionedLog log = await CreateAsync(Options with { LeasesPerTenantMax = 2 });
        await log.LeaseAsync(new Lease(Task1, Runner, LongTerm), None);
        await log.EndTerminalAsync(Terminal, 0, Runner, None);
        await log.ReleaseLeaseAsync(Task1, Runner, None);
        foreach (int n in Enumerable.Range(0, 4))
        {
            Assert.Equal(LeaseStatus.Ended, (await log.LeaseAsync(new Lease(Task1, Runner, LongTerm), None)).Status);
            var renewal = new Lease(Agent with { Name = $"gone-{n}" }, Runner, LongTerm, IsRenewal: true);
            Assert.Equal(LeaseStatus.Lost, (await log.LeaseAsync(renewal, None)).Status);
        }

        foreach (int n in Enumerable.Range(0, 2))
        {
            var lease = new Lease(Agent with { Name = $"agent-{n}" }, Runner, LongTerm);
            Assert.Equal(LeaseStatus.Held, (await log.LeaseAsync(lease, None)).Status);
        }
    }

    [Fact]
    public async Task A_tenant_holds_as_many_leases_as_it_may_over_all_partitions()
    {
        await using IPartitionedLog log = await CreateAsync(Options with { LeasesPerTenantMax = 3 });
        LeaseKey[] agents = [.. Enumerable.Range(0, 4).Select(n => Agent with { Name = $"agent-{n}" })];
        foreach (LeaseKey agent in agents[..3])
        {
            Assert.Equal(LeaseStatus.Held, (await log.LeaseAsync(new Lease(agent, Runner, LongTerm), None)).Status);
        }

        Assert.Equal(LeaseStatus.TooMany, (await log.LeaseAsync(new Lease(agents[3], Runner, LongTerm), None)).Status);
        Assert.True((await log.LeaseAsync(new Lease(agents[0], Runner, LongTerm), None)).IsRenewed);
        LeaseKey elsewhere = agents[3] with { Tenant = Stream.Tenant + "x" };
        Assert.Equal(LeaseStatus.Held, (await log.LeaseAsync(new Lease(elsewhere, Runner, LongTerm), None)).Status);
        await log.ReleaseLeaseAsync(agents[1], Runner, None);
        Assert.Equal(LeaseStatus.Held, (await log.LeaseAsync(new Lease(agents[3], Runner, LongTerm), None)).Status);
    }

    [Fact]
    public async Task Of_renewals_and_sweeps_at_once_each_lease_is_either_renewed_or_lost_once()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        LeaseKey[] agents = [.. Enumerable.Range(0, 20).Select(n => Agent with { Name = $"agent-{n}" })];
        await Task.WhenAll(agents.Select(agent => log.LeaseAsync(new Lease(agent, Runner, Term), None)));
        Dictionary<LeaseKey, int> anew = agents.ToDictionary(agent => agent, _ => 0);

        // Each renewal comes about when the lease runs out, beside two sweeps: the log decides which was first.
        for (int round = 0; round < 15; round++)
        {
            Tick(TimeSpan.FromMilliseconds(200));
            Task sweeps = Task.WhenAll(Enumerable.Range(0, 2 * Partitions)
                .Select(n => Task.Run(() => log.SweepLeasesAsync(n % Partitions, None))));
            foreach (LeaseKey agent in agents.Where((_, n) => (n + round) % 3 == 0))
            {
                LeaseResult renewed = await log.LeaseAsync(new Lease(agent, Runner, Term), None);
                Assert.Equal(LeaseStatus.Held, renewed.Status);
                anew[agent] += renewed.IsRenewed ? 0 : 1;
            }

            await sweeps;
            await Eventually.TrueAsync("time goes on", () => PassesAsync(log));
        }

        await Task.WhenAll(agents.Select(agent => log.ReleaseLeaseAsync(agent, Runner, None)));
        foreach (LeaseKey agent in agents)
        {
            int lost = (await EventsAsync(log, agent)).Count(e => e.Agent == agent.Name);
            Assert.InRange(lost - anew[agent], 0, 1);
        }
    }

    [Fact]
    public async Task If_nobody_looked_for_long_all_leases_get_a_new_term_first()
    {
        await using IPartitionedLog log = await CreateAsync(Options);
        LeaseResult taken = await log.LeaseAsync(new Lease(Agent, Runner, Term), None);
        await log.LeaseAsync(new Lease(Task1, Runner, Term), None);
        double silence = Term.TotalMilliseconds + LogLimits.LeaseSweepSilence.TotalMilliseconds;
        await Eventually.TrueAsync("nobody looked for long", async () =>
        {
            Tick(TimeSpan.FromMilliseconds(500));
            return await NowAsync(log, Agent) > taken.ExpiresAtMs + silence;
        });

        // Not even another may have it yet: its holder could not renew it.
        LeaseResult other = await log.LeaseAsync(new Lease(Agent, Other, Term), None);
        Assert.Equal(LeaseStatus.Leased, other.Status);
        Assert.Equal(TerminalAppendStatus.Claimed, await AppendAsync(log, "x", Other));
        LeaseSweepReport late = await log.SweepLeasesAsync(PartitionOf(Agent), None);
        await log.SweepLeasesAsync(PartitionOf(Task1), None);
        Assert.True(late.Extended > 0);
        Assert.Empty(await EventsAsync(log, Agent));
        Assert.Empty(await EventsAsync(log, Task1));
        Assert.True((await log.LeaseAsync(new Lease(Agent, Runner, Term), None)).IsRenewed);

        await SweepUntilLostAsync(log, Agent);
        await SweepUntilLostAsync(log, Task1);
    }

    private static int PartitionOf(LeaseKey lease) => Partitioner.Of(lease.Tenant, lease.Name, Partitions);

    private static StreamKey StreamOf(LeaseKey lease) => new(lease.Tenant, PartitionOf(lease));

    private static async Task<long> NowAsync(IPartitionedLog log, LeaseKey lease) =>
        (await log.OpenAsync(StreamOf(lease), None)).NowMs;

    // Others' leases may be in the partition too.
    private async Task<LeaseSweepReport> SweepUntilLostAsync(IPartitionedLog log, LeaseKey lease)
    {
        LeaseSweepReport report = default;
        await Eventually.TrueAsync("it is lost", async () =>
        {
            Tick(TimeSpan.FromMilliseconds(50));
            report = await log.SweepLeasesAsync(PartitionOf(lease), None);
            return (await EventsAsync(log, lease)).Exists(e => e.Type is "agent.lost" or "task.lost");
        });
        return report;
    }

    private static async Task<List<EventEnvelope>> EventsAsync(IPartitionedLog log, LeaseKey lease)
    {
        StreamKey stream = StreamOf(lease);
        var beginning = new StreamCursor(EntryId.Zero, (await log.OpenAsync(stream, None)).End.Epoch);
        EventRead read = await log.ReadAsync(stream, beginning, ReadLimit.Default, ReadLane.Live, None);
        List<EventEnvelope> events = [];
        foreach (LogEntry entry in read.Entries)
        {
            Assert.True(EnvelopeCodec.TryRead(entry.Envelope, out EventEnvelope? envelope));
            events.Add(envelope!);
        }

        return events;
    }
}
