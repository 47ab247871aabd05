using Realtime.Hosting.Health;
using Realtime.Tests.Support;
using Realtime.Workers.Drain;

namespace Realtime.Tests.Workers.Drain;

/// <summary>The states of a drain, its pace and its figures.</summary>
public sealed class WorkerDrainTests : IAsyncDisposable
{
    private readonly DrainScene _scene = new();

    [Fact]
    public async Task A_worker_without_connections_is_drained_at_once_and_can_be_undrained()
    {
        Assert.Equal(ReadinessStatus.Ready, _scene.Drain.Check().Status);
        Assert.True(_scene.Drain.Order(DrainScene.Order()));
        await _scene.StateAsync(DrainState.Drained);
        Assert.Equal(ReadinessStatus.Draining, _scene.Drain.Check().Status);
        Assert.False(_scene.Registry.TryTakePlace());

        // Again: nothing changes.
        Assert.False(_scene.Drain.Order(DrainScene.Order(by: "e2")));
        Assert.Equal("e1", _scene.Progress.By);

        Assert.True(_scene.Drain.TryUndrain());
        Assert.Equal((DrainState.Serving, null), _scene.Drain.Status);
        Assert.Equal(ReadinessStatus.Ready, _scene.Drain.Check().Status);
        _scene.Open();
    }

    [Fact]
    public async Task Connections_are_told_evenly_at_the_pace_and_are_left_until_they_go()
    {
        _scene.OpenMany(50);
        _scene.Drain.Order(DrainScene.Order(pace: 100));
        await Eventually.TrueAsync("the first is told at once", () => _scene.Told == 1);
        await _scene.SettleAsync();

        await _scene.PassAsync(TimeSpan.FromMilliseconds(200), expectedTold: 20);
        Assert.InRange(_scene.Told, 20, 21);
        Assert.Equal(50, _scene.Progress.Left);
        Assert.Equal((DrainState.Draining, 50), (_scene.Drain.State, _scene.Progress.Connections));

        await _scene.PassAsync(TimeSpan.FromMilliseconds(300), expectedTold: 50);
        Assert.Equal(50, _scene.Progress.Sent);
        _scene.LeaveAll();
        await _scene.StateAsync(DrainState.Drained);
        Assert.Equal((0, 50, 0), (_scene.Progress.Left, _scene.Progress.Sent, _scene.Progress.Cut));
        Assert.All(_scene.Connections, one => Assert.Equal(1, one.TimesTold));
        Assert.All(_scene.Connections, one => Assert.InRange(one.Told!.Value.Delay.TotalMilliseconds, 0, 1000));
        Assert.All(_scene.Connections, one => Assert.InRange(one.Told!.Value.Deadline.TotalSeconds, 29, 30));
        Assert.True(
            _scene.Connections.Select(one => one.Told!.Value.Delay).Distinct().Count() > 40, "delays are jittered");
    }

    [Fact]
    public async Task They_are_told_in_random_order()
    {
        _scene.OpenMany(40);
        _scene.Drain.Order(DrainScene.Order(pace: 100));
        await _scene.PassAsync(TimeSpan.FromMilliseconds(190), expectedTold: 19);

        // In the order of arrival the first twenty would be told: by chance, once in 10^11.
        int first = _scene.Connections.Take(20).Count(one => one.Told is not null);
        Assert.InRange(first, 1, 18);
    }

    [Fact]
    public async Task The_deadline_is_hard_so_the_pace_is_raised_and_who_stays_is_cut()
    {
        _scene.OpenMany(100);
        _scene.Drain.Order(DrainScene.Order(deadlineSeconds: 2, pace: 10));
        Assert.Equal((100, 10), (_scene.Progress.Pace, _scene.Progress.AskedPace));
        await _scene.PassAsync(TimeSpan.FromSeconds(1), expectedTold: 100);
        foreach (FakeConnection obedient in _scene.Connections.Take(60).ToArray())
        {
            _scene.Leave(obedient);
        }

        Assert.Equal(0, _scene.Cut);
        await _scene.PassAsync(TimeSpan.FromSeconds(1), expectedTold: 100);
        await Eventually.TrueAsync("those that are left are cut", () => _scene.Cut == 40);
        Assert.Equal((40, 40), (_scene.Progress.Left, _scene.Progress.Cut));
        _scene.LeaveAll();
        await _scene.StateAsync(DrainState.Drained);
    }

    [Fact]
    public async Task Ordered_again_it_has_a_new_deadline_and_pace_for_those_that_are_left()
    {
        _scene.OpenMany(100);
        _scene.Drain.Order(DrainScene.Order(deadlineSeconds: 3600, pace: 1));
        await Eventually.TrueAsync("the first is told", () => _scene.Told == 1);
        long startedAt = _scene.Progress.StartedAt.ToUnixTimeMilliseconds();

        Assert.True(_scene.Drain.Order(DrainScene.Order(deadlineSeconds: 60, pace: 100, by: "e2")));
        DrainProgress progress = _scene.Progress;
        Assert.Equal((100, 100, "e2"), (progress.Pace, progress.AskedPace, progress.By));
        Assert.Equal((startedAt, 60_000), (
            progress.StartedAt.ToUnixTimeMilliseconds(),
            (long)(progress.DeadlineAt - _scene.Clock.GetUtcNow()).TotalMilliseconds));

        // The loop may still wait by the first order; it has heard of the second when it tells the next one at once.
        await Eventually.TrueAsync("the second is told", () => _scene.Told == 2);
        await _scene.PassAsync(TimeSpan.FromSeconds(1), expectedTold: 100);
        Assert.Equal((100, 100, 100), (_scene.Progress.Connections, _scene.Progress.Sent, _scene.Progress.Left));
        Assert.All(_scene.Connections, one => Assert.Equal(1, one.TimesTold));
    }

    [Fact]
    public async Task Undrained_in_the_middle_the_rest_stays_and_nobody_is_cut()
    {
        _scene.OpenMany(100);
        _scene.Drain.Order(DrainScene.Order(deadlineSeconds: 5, pace: 100));
        await _scene.PassAsync(TimeSpan.FromMilliseconds(300), expectedTold: 30);
        Assert.True(_scene.Drain.TryUndrain());
        int told = _scene.Told;
        Assert.Equal((DrainState.Serving, null), _scene.Drain.Status);
        FakeConnection newcomer = _scene.Open();

        _scene.Clock.Advance(TimeSpan.FromSeconds(20));
        Assert.InRange(_scene.Told, told, told + 1); // One may have been on its way.
        Assert.Equal(0, _scene.Cut);
        Assert.Null(newcomer.Told);

        // Drained again: those told before are not told twice, and count as told.
        _scene.Drain.Order(DrainScene.Order(pace: 1000));
        Assert.True(_scene.Progress.Sent >= told);
        await _scene.PassAsync(TimeSpan.FromMilliseconds(200), expectedTold: 101);
        Assert.Equal((101, 101), (_scene.Progress.Connections, _scene.Progress.Sent));
        Assert.All(_scene.Connections, one => Assert.Equal(1, one.TimesTold));
    }

    [Fact]
    public async Task Who_was_shaking_hands_when_it_began_is_drained_too_and_waited_for()
    {
        Assert.True(_scene.Registry.TryTakePlace());
        _scene.Drain.Order(DrainScene.Order());
        await _scene.SettleAsync();
        Assert.Equal((DrainState.Draining, 0), (_scene.Drain.State, _scene.Progress.Connections));

        FakeConnection late = _scene.Enter();
        await Eventually.TrueAsync("it is told", () => late.Told is not null);
        Assert.Equal((1, 1, 1), (_scene.Progress.Connections, _scene.Progress.Left, _scene.Progress.Sent));
        _scene.Leave(late);
        await _scene.StateAsync(DrainState.Drained);
    }

    [Fact]
    public async Task A_handshake_that_fails_ends_the_wait_for_it()
    {
        Assert.True(_scene.Registry.TryTakePlace());
        _scene.Drain.Order(DrainScene.Order());
        await _scene.SettleAsync();
        Assert.Equal(DrainState.Draining, _scene.Drain.State);
        _scene.Registry.GiveBackPlace();
        await _scene.StateAsync(DrainState.Drained);
    }

    [Fact]
    public async Task One_edges_connections_are_drained_alone_and_the_worker_serves()
    {
        _scene.OpenMany(10, "e1");
        _scene.OpenMany(10, "e2");
        _scene.Drain.OrderEdge("e1", DrainScene.Order());
        await _scene.PassAsync(TimeSpan.FromMilliseconds(100), expectedTold: 10);
        Assert.All(_scene.Connections, one => Assert.Equal(one.Identity.EdgeId == "e1", one.Told is not null));
        Assert.Equal(DrainState.Serving, _scene.Drain.State);
        Assert.Equal(10, _scene.Drain.Edges["e1"].Left);

        // More that comes by it is drained too, until none is left; then the edge is free to serve again.
        FakeConnection late = _scene.Open("e1");
        await Eventually.TrueAsync("it is told", () => late.Told is not null);
        foreach (FakeConnection one in _scene.Connections.Where(one => one.Told is not null).ToArray())
        {
            _scene.Leave(one);
        }

        await Eventually.TrueAsync("it has ended", () => _scene.HasEnded("e1"));
        Assert.Equal(0, _scene.Drain.Edges["e1"].Left);
        Assert.Equal((11, 11), (_scene.Drain.Edges["e1"].Connections, _scene.Drain.Edges["e1"].Sent));
        FakeConnection back = _scene.Open("e1");
        await _scene.SettleAsync();
        Assert.Null(back.Told);
        _scene.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Empty(_scene.Drain.Edges);
        Assert.Equal(0, _scene.Cut);
    }

    [Fact]
    public async Task While_the_process_ends_nothing_is_undone()
    {
        _scene.OpenMany(3);
        Task leaving = _scene.Drain.LeaveAsync(DrainScene.Order(by: DrainOrder.Signal), CancellationToken.None);
        Assert.False(_scene.Drain.TryUndrain());
        Assert.True(_scene.Drain.Order(DrainScene.Order(deadlineSeconds: 3600, by: "e9")));
        Assert.Equal(DrainOrder.Signal, _scene.Progress.By);
        Assert.False(leaving.IsCompleted);
        await _scene.PassAsync(TimeSpan.FromMilliseconds(30), expectedTold: 3);
        _scene.LeaveAll();
        await leaving;
        Assert.Equal(DrainState.Drained, _scene.Drain.State);
    }

    public ValueTask DisposeAsync() => _scene.DisposeAsync();
}
