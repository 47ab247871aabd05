using Realtime.Log;
using Realtime.Log.Redis;
using Realtime.Protocol;
using Realtime.Tests.Support;
using static Realtime.Tests.Log.Redis.RedisLogs;

namespace Realtime.Tests.Log.Redis;

/// <summary>The log on a real cluster of three nodes: every script stays in one slot, every bell is heard.</summary>
public sealed class RedisClusterTests : IAsyncLifetime
{
    private readonly List<RedisServer> _nodes = [];

    public async Task InitializeAsync()
    {
        for (int i = 0; i < 3; i++)
        {
            _nodes.Add(await RedisServer.StartAsync(
                more: ["--cluster-enabled", "yes", "--cluster-port", $"{RedisServer.FreePort()}"]));
        }

        await RedisServer.MakeClusterAsync(_nodes);
    }

    public async Task DisposeAsync()
    {
        foreach (RedisServer node in _nodes)
        {
            await node.DisposeAsync();
        }
    }

    [Fact]
    public async Task Every_call_works_on_a_cluster_and_all_nodes_hold_partitions()
    {
        LogOptions options = Options(_nodes[0].Endpoint) with { Partitions = 6 };
        await using RedisLog log = Create(options);
        await BackAsync(log);
        int rung = 0;

        for (int partition = 0; partition < options.Partitions; partition++)
        {
            StreamKey stream = new("acme", partition);
            int before = Volatile.Read(ref rung);
            await using IAsyncDisposable listening =
                await log.ListenAsync(stream, _ => Interlocked.Increment(ref rung), None);
            await log.ReportReaderAsync(stream, "reader", 0, None);
            AppendResult append = await log.AppendAsync(stream, [Event("a", "key", "state"), Event("b")], None);
            AppendResult again = await log.AppendAsync(stream, [Event("a", "key", "state")], None);
            EventRead read = await log.ReadAsync(
                stream, Beginning(append.Outcomes[0].Position.Epoch), ReadLimit.Default, ReadLane.Bulk, None);
            Epoch renewed = await log.RenewEpochAsync(stream, append.Outcomes[1].Position, [], None);

            Assert.Equal(AppendStatus.Duplicate, again.Outcomes[0].Status);
            Assert.Equal(2, read.Entries.Count);
            Assert.Equal(renewed, (await log.OpenAsync(stream, None)).End.Epoch);
            await Eventually.TrueAsync("the bell is heard", () => Volatile.Read(ref rung) > before);
            await log.SweepAsync(partition, None);
            EventAppend numbered = Event("n") with { Producer = new ProducerNumber("p", "g", 1, 1) };
            AppendResult once = await log.AppendAsync(stream, [numbered], None);
            AppendResult twice = await log.AppendAsync(stream, [numbered], None);
            Assert.Equal(AppendStatus.Duplicate, twice.Outcomes[0].Status);
            Assert.Equal(once.Outcomes[0].Position, twice.Outcomes[0].Position);
        }

        for (int task = 0; task < 8; task++)
        {
            TerminalKey terminal = new("acme", $"task-{task}");
            await log.AppendTerminalAsync(terminal, Bytes("hello"), None);
            await log.EndTerminalAsync(terminal, task, None);
            Assert.Equal(task, (await log.FindTerminalAsync(terminal, None))!.Value.ExitCode);
        }

        var holder = new ProducerClaim("runner", 1);
        var term = TimeSpan.FromMilliseconds(300);
        LeaseKey[] leases =
        [
            .. Enumerable.Range(0, 8).Select(n => new LeaseKey("acme", LeaseKind.Task, $"leased-{n}")),
            .. Enumerable.Range(0, 8).Select(n => new LeaseKey("acme", LeaseKind.Agent, $"agent-{n}")),
        ];
        foreach (LeaseKey lease in leases)
        {
            Assert.Equal(LeaseStatus.Held, (await log.LeaseAsync(new Lease(lease, holder, term), None)).Status);
        }

        Assert.True(await log.ReleaseLeaseAsync(leases[0], holder, None));
        LeaseSweepReport total = default;
        await Eventually.TrueAsync("all others are lost", async () =>
        {
            for (int partition = 0; partition < options.Partitions; partition++)
            {
                LeaseSweepReport report = await log.SweepLeasesAsync(partition, None);
                total = new LeaseSweepReport(
                    total.AgentsLost + report.AgentsLost, total.TasksLost + report.TasksLost,
                    total.TerminalsEnded + report.TerminalsEnded, 0);
            }

            return total == new LeaseSweepReport(8, 7, 7, 0);
        });

        foreach (RedisServer node in _nodes)
        {
            string[] logs = (await node.CommandAsync("KEYS", "rt:{p*:acme:log")).Split('\n');
            Assert.Equal(2, logs.Length);
        }
    }
}
