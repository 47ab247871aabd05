using Realtime.Tests.Support;
using Realtime.Workers.Drain;

namespace Realtime.Tests.Workers.Drain;

/// <summary>Figures hold together whoever does what at the same time.</summary>
public sealed class DrainRaceTests
{
    [Fact]
    public async Task Figures_hold_together_while_connections_come_and_go_and_orders_change()
    {
        await using var scene = new DrainScene();
        scene.OpenMany(200);
        FakeConnection[] initial = [.. scene.Connections];
        using var over = new CancellationTokenSource();
        var violations = new List<string>();
        scene.Drain.OrderEdge("e1", DrainScene.Order(pace: 100_000));
        Task[] all =
        [
            Task.Factory.StartNew(
                () => Watch(scene, violations, over.Token), CancellationToken.None, TaskCreationOptions.LongRunning,
                TaskScheduler.Default),
            Task.Factory.StartNew(
                () =>
                {
                    for (int i = 0; i < 200; i++)
                    {
                        scene.Clock.Advance(TimeSpan.FromMilliseconds(5));
                        scene.Drain.OrderEdge("e1", DrainScene.Order(pace: 50_000 + i));
                        if (i % 20 == 19)
                        {
                            scene.Drain.UndrainEdge("e1");
                        }
                    }
                },
                CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default),
            Task.Factory.StartNew(
                () =>
                {
                    for (int i = 0; i < 200; i++)
                    {
                        scene.Open();
                        scene.Leave(initial[i]);
                    }
                },
                CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default),
        ];
        await Task.WhenAll(all[1], all[2]);
        await over.CancelAsync();
        await all[0];
        Assert.Empty(violations);

        // And all who are open are told in the end, once.
        scene.Drain.OrderEdge("e1", DrainScene.Order(pace: 100_000));
        await Eventually.TrueAsync("all are told", () =>
        {
            scene.Clock.Advance(TimeSpan.FromMilliseconds(1));
            return scene.Connections.Skip(200).All(one => one.TimesTold == 1);
        });
        Assert.Equal(200, scene.Drain.Edges["e1"].Left);
    }

    [Fact]
    public async Task No_place_is_taken_behind_a_drained_worker()
    {
        for (int round = 0; round < 200; round++)
        {
            await using var scene = new DrainScene();
            using var start = new Barrier(2);
            Task<bool> taking = Task.Factory.StartNew(
                () =>
                {
                    start.SignalAndWait();
                    return scene.Registry.TryTakePlace();
                },
                CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            start.SignalAndWait();
            scene.Drain.Order(DrainScene.Order());
            bool isTaken = await taking;
            if (isTaken)
            {
                Assert.NotEqual(DrainState.Drained, scene.Drain.State);
                scene.Leave(scene.Enter());
            }

            await scene.StateAsync(DrainState.Drained);
        }
    }

    [Fact]
    public async Task Who_has_gone_before_the_drain_hears_that_it_came_is_not_waited_for()
    {
        await using var scene = new DrainScene();
        FakeConnection stays = scene.Open();

        // Heard before the drain's own handler: by the time the drain is told that it came, it has gone.
        scene.Registry.Came += scene.Registry.Remove;
        scene.Drain.OrderEdge("e1", DrainScene.Order());
        FakeConnection gone = scene.Open();
        Assert.Equal(1, scene.Drain.Edges["e1"].Connections);
        Assert.Equal(1, scene.Drain.Edges["e1"].Left);

        scene.Leave(gone);
        scene.Leave(stays);
        await Eventually.TrueAsync("none is left", () => scene.HasEnded("e1"));
    }

    [Fact]
    public async Task Who_goes_before_its_turn_takes_none()
    {
        await using var scene = new DrainScene();
        scene.OpenMany(20);
        scene.Drain.Order(DrainScene.Order(pace: 10));
        await Eventually.TrueAsync("the first is told", () => scene.Told == 1);
        FakeConnection[] gone = [.. scene.Connections.Where(one => one.Told is null).Take(10)];
        Array.ForEach(gone, scene.Leave);

        await scene.PassAsync(TimeSpan.FromMilliseconds(900), expectedTold: 10);

        Assert.All(gone, one => Assert.Null(one.Told));
        Assert.Equal((20, 10, 10), (scene.Progress.Connections, scene.Progress.Sent, scene.Progress.Left));
    }

    [Fact]
    public async Task A_shut_door_keeps_the_count_of_who_is_inside_and_takes_nobody()
    {
        await using var scene = new DrainScene();
        FakeConnection[] inside = [scene.Open(), scene.Open()];
        scene.Registry.Shut();
        Assert.True(scene.Registry.IsShut);
        Assert.False(scene.Registry.TryTakePlace());
        Assert.Equal(2, scene.Registry.Places);

        Array.ForEach(inside, scene.Leave);
        Assert.Equal(0, scene.Registry.Places);
        Assert.False(scene.Registry.TryTakePlace());

        scene.Registry.Shut();
        scene.Registry.Reopen();
        Assert.False(scene.Registry.IsShut);
        scene.Open();
        Assert.Equal(1, scene.Registry.Places);
    }

    private static void Watch(DrainScene scene, List<string> violations, CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            if (scene.Drain.Edges.GetValueOrDefault("e1") is { } now
                && (now.Left > now.Connections || now.Sent > now.Connections || now.Cut > now.Connections
                    || now.Left < 0 || now.Pace < now.AskedPace))
            {
                violations.Add($"{now}");
            }
        }
    }
}
