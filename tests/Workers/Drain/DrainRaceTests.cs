using Realtime.Tests.Support;
using Realtime.Workers.Drain;

namespace Realtime.Tests.Workers.Drain;

/// <summary>Figures hold together whoever does what at the same time.</summary>
public sealed class DrainRaceTests
{
    private const int DoorRounds = 20_000;

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
    public async Task A_place_is_counted_before_it_is_looked_whether_the_door_is_shut()
    {
        await using var scene = new DrainScene();
        scene.Registry.Shut();
        int freed = 0;
        scene.Registry.PlaceFreed += () => freed++;

        // Counted, refused and given back: whoever waits for the count is woken.
        Assert.False(scene.Registry.TryTakePlace());
        Assert.Equal(1, freed);
        Assert.Equal(0, scene.Registry.Places);
    }

    // Looked at first, a place would now and then be taken behind a door that was shut with nobody inside: by hand, one
    // in some ten thousand rounds.
    [Fact]
    public async Task Whoever_shuts_the_door_and_finds_nobody_inside_is_alone_for_good()
    {
        await using var scene = new DrainScene();
        int round = 0;
        int ready = 0;
        bool isTaken = false;
        Task taking = Task.Factory.StartNew(
            () =>
            {
                for (int mine = 1; mine <= DoorRounds; mine++)
                {
                    SpinWait.SpinUntil(() => Volatile.Read(ref round) == mine);
                    isTaken = scene.Registry.TryTakePlace();
                    Volatile.Write(ref ready, mine);
                }
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        for (int mine = 1; mine <= DoorRounds; mine++)
        {
            Volatile.Write(ref round, mine);
            scene.Registry.Shut();
            bool isAlone = scene.Registry.Places == 0;
            SpinWait.SpinUntil(() => Volatile.Read(ref ready) == mine);
            Assert.False(isAlone && isTaken);
            scene.Registry.Reopen();
            if (isTaken)
            {
                scene.Registry.GiveBackPlace();
            }
        }

        await taking;
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
