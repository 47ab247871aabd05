using System.Globalization;
using Realtime.Log.Redis;
using Realtime.Tests.Support;
using static Realtime.Tests.Log.Redis.RedisLogs;

namespace Realtime.Tests.Log.Redis;

/// <summary>
/// The ways in which Redis goes, each under a producer that numbers and a viewer that follows: what was acknowledged is
/// there, or both are told, and both go on.
/// </summary>
public sealed class RedisCrashTests
{
    [Fact]
    public Task Killed_with_appendfsync_everysec() => FollowAsync(RedisPersistence.EverySecond, async scene =>
    {
        // The process dies, not its machine: what it wrote is there, synced or not.
        await Eventually.TrueAsync("all is written", async () =>
            (await scene.Primary.CommandAsync("INFO", "persistence"))
                .Contains("aof_buffer_length:0", StringComparison.Ordinal));
        await scene.Primary.KillAsync();
        await scene.Primary.StartAsync();
        return 0;
    });

    [Fact]
    public Task Killed_before_the_last_events_were_written() => FollowAsync(RedisPersistence.EverySecond, async scene =>
    {
        // As if the disk had been busy since: the stream comes back in the same epoch, and is shorter than was seen.
        await scene.Primary.CommandAsync("CONFIG", "SET", "appendonly", "no");
        await scene.PublishAsync(30);
        await scene.ReadToEndAsync();
        await scene.Primary.KillAsync();
        await scene.Primary.StartAsync();
        return 30;
    });

    [Fact]
    public Task Killed_without_persistence() => FollowAsync(RedisPersistence.None, async scene =>
    {
        await scene.Primary.KillAsync();
        await scene.Primary.StartAsync();
        return 250;
    });

    [Fact]
    public Task Hung_for_longer_than_it_is_waited_for() => FollowAsync(RedisPersistence.None, async scene =>
    {
        // What is sent meanwhile is stored when it goes on, though nobody waits for the answer: it is sent again.
        await scene.Primary.FreezeAsync();
        Task publishing = scene.PublishAsync(5);
        await FailsAsync(() => scene.Log.AppendAsync(Events, [], None));
        await scene.Primary.ThawAsync();
        await publishing;
        return 0;
    });

    [Fact]
    public Task Failed_over_to_a_replica_that_was_behind() => FollowAsync(RedisPersistence.None, async scene =>
    {
        // It has the first 200 and lost sight of its primary before the other 50.
        await scene.Primary.KillAsync();
        await scene.Replica.CommandAsync("REPLICAOF", "NO", "ONE");
        return 50;
    });

    /// <param name="persistence">Of the primary.</param>
    /// <param name="fault">Does it and lets Redis come back; how many of the acknowledged events that takes.</param>
    private static async Task FollowAsync(RedisPersistence persistence, Func<CrashScene, Task<int>> fault)
    {
        await using CrashScene scene = await CrashScene.StartAsync(persistence);
        await scene.PublishAsync(200);
        await Eventually.TrueAsync(
            "the replica has it all", async () => await scene.CountReplicatedAsync() == "200");
        await scene.Replica.CommandAsync("REPLICAOF", "127.0.0.1", Text(RedisServer.FreePort()));
        await scene.PublishAsync(50);
        await scene.ReadToEndAsync();
        Assert.Equal((250, 0, 0), (scene.Seen.Count, scene.GapsTold, scene.ProducerGaps));

        int taken = await fault(scene);
        await BackAsync(scene.Log);
        await scene.PublishAsync(100);
        await scene.ReadToEndAsync();

        string[] there = await scene.ReadAllAsync();
        int missing = scene.Acknowledged.Except(there).Count();
        Assert.Equal(taken, missing);
        Assert.Equal(there.Length, there.Distinct().Count());
        Assert.Subset(scene.Seen.ToHashSet(), scene.Acknowledged.ToHashSet());
        Assert.Equal(scene.Seen.Count, scene.Seen.Distinct().Count());
        Assert.Equal(missing > 0 ? (1, 1) : (0, 0), (scene.GapsTold, scene.ProducerGaps));
        Assert.Equal("4", await scene.Present.CommandAsync("GET", RedisKeys.Layout));
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
