using Realtime.Tests.Support;

namespace Realtime.Tests.EndToEnd;

/// <summary>A worker that is gone under load: its viewers go on exactly on the other one.</summary>
public class WorkerFaultTests
{
    [Fact]
    public async Task Viewers_of_a_worker_that_is_gone_resume_on_the_other_exactly()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        await using RealtimeSystem system = await RealtimeSystem.StartAsync(
            new RealtimeSystemOptions { Workers = 2, Redis = redis.Endpoint });
        await using FaultScene scene = await FaultScene.StartAsync(system);
        await scene.StartPublishingAsync();

        // Both in turn: whichever had the viewers, the other has to take them all.
        for (int worker = 0; worker < 2; worker++)
        {
            await system.StopWorkerAsync(worker, abruptly: true);
            await scene.GoesOnAsync();
            await system.StartWorkerAsync(worker);
            await Eventually.TrueAsync(
                "the edge gives it work again", () => system.IsAvailableAsync(worker), FaultScene.Patience);
        }

        await scene.StopPublishingAsync();
        await scene.AssertExactAsync();
        Assert.Contains(scene.Viewers, viewer => viewer.Connects > 1);
    }
}
