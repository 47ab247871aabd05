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
                await log.ListenAsync(stream, () => Interlocked.Increment(ref rung), None);
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
        }

        for (int task = 0; task < 8; task++)
        {
            TerminalKey terminal = new("acme", $"task-{task}");
            await log.AppendTerminalAsync(terminal, Bytes("hello"), None);
            await log.EndTerminalAsync(terminal, task, None);
            Assert.Equal(task, (await log.FindTerminalAsync(terminal, None))!.Value.ExitCode);
        }

        foreach (RedisServer node in _nodes)
        {
            string[] logs = (await node.CommandAsync("KEYS", "rt:{p*:acme:log")).Split('\n');
            Assert.Equal(2, logs.Length);
        }
    }
}
