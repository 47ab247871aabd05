using Realtime.Log;
using Realtime.Log.Redis;
using Realtime.Tests.Support;
using static Realtime.Tests.Log.Redis.RedisLogs;

namespace Realtime.Tests.Log.Redis;

/// <summary>
/// What clusters do under load: slots move, nodes die. Nothing acknowledged is lost, doubled or reordered.
/// </summary>
public sealed class RedisClusterFaultTests
{
    [Fact]
    public async Task A_slot_that_moves_under_load_loses_nothing()
    {
        await using RedisCluster cluster = await RedisCluster.StartAsync();
        await using RedisLog log = Create(Options(cluster.Endpoints));
        await BackAsync(log);
        await using var load = new LogLoad(log, Events);
        int slot = RedisSlots.Of(RedisSlots.TagsOf(4)[Events.Partition]);
        RedisServer from = cluster.OwnerOf(slot);
        RedisServer to = cluster.Nodes.First(node => node != from);

        for (int round = 0; round < 2; round++)
        {
            await load.MoreAsync(200);
            int steps = 0;
            await RedisCluster.MigrateAsync(slot, from, to, () =>
            {
                // Appends are tried all the time; what counts is that some steps lie between them.
                steps++;
                return Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
            });
            Assert.True(steps > 3);
            (from, to) = (to, from);
        }

        await load.MoreAsync(200);
        await load.VerifyAsync();
    }

    [Fact]
    public async Task A_node_that_is_killed_takes_only_its_own_partitions_away_and_nothing_that_was_acknowledged()
    {
        await using RedisCluster cluster = await RedisCluster.StartAsync(RedisPersistence.Always);
        LogOptions options = Options(cluster.Endpoints);
        await using RedisLog log = Create(options with
        {
            Redis = options.Redis with { CommandTimeout = TimeSpan.FromSeconds(1) },
        });
        await BackAsync(log);
        string[] tags = RedisSlots.TagsOf(4);
        RedisServer victim = cluster.OwnerOf(RedisSlots.Of(tags[1]));
        int elsewhere = Enumerable.Range(0, 4).First(p => cluster.OwnerOf(RedisSlots.Of(tags[p])) != victim);
        await using var lost = new LogLoad(log, Events);
        await using var kept = new LogLoad(log, Events with { Partition = elsewhere });

        for (int round = 0; round < 2; round++)
        {
            await lost.MoreAsync(50);
            await victim.KillAsync();
            await kept.MoreAsync(100);
            await victim.StartAsync();
            await lost.MoreAsync(50);
        }

        await lost.VerifyAsync();
        await kept.VerifyAsync();
    }

    [Fact]
    public async Task A_node_that_comes_back_empty_is_told_by_another_epoch()
    {
        await using RedisCluster cluster = await RedisCluster.StartAsync();
        await using RedisLog log = Create(Options(cluster.Endpoints));
        await BackAsync(log);
        StreamCursor tail = (await FillAsync(log, 1, 20))[^1];
        RedisServer victim = cluster.OwnerOf(RedisSlots.Of(RedisSlots.TagsOf(4)[Events.Partition]));

        await victim.KillAsync();
        await victim.StartAsync();
        await BackAsync(log);

        EventRead read = await ReadAsync(log, tail);
        Assert.Equal((ReadOutcome.OtherEpoch, null), (read.Outcome, read.Missing));
    }

    [Fact]
    public async Task A_log_on_a_cluster_is_repartitioned_too()
    {
        await using RedisCluster cluster = await RedisCluster.StartAsync();
        var scene = new Repartitioning.RepartitionScene(cluster.Nodes[0], 21);
        await scene.FillAsync(4, 60);

        await using Realtime.Log.Redis.Repartitioning.Repartition repartition = scene.Repartition();
        await repartition.RunAsync(7, None);

        await scene.VerifyAsync(7);
    }
}
