using Realtime.Log;
using Realtime.Workers.Ingest.Sockets;

namespace Realtime.Tests.Workers.Ingest.Sockets;

/// <summary>What is remembered of terminals: while they are busy, and when something was refused.</summary>
public sealed class ProducerLanesTests
{
    private static readonly Pressure Paused = new(PressureState.Pause, 9, 10);

    private readonly List<string> _told = [];
    private int _forgotten;

    [Fact]
    public async Task Of_too_many_refusals_the_oldest_is_forgotten()
    {
        ProducerLanes lanes = Lanes(terminalsMax: 1, refusedMax: 3);
        for (int n = 1; n <= 4; n++)
        {
            await RefuseAsync(lanes, $"t{n}", n);
        }

        Assert.Equal(1, _forgotten);
        Assert.True(await MayGoAsync(lanes, "t1", 10));
        Assert.False(await MayGoAsync(lanes, "t2", 10));
        Assert.False(await MayGoAsync(lanes, "t4", 10));
    }

    [Fact]
    public async Task What_comes_again_is_remembered_no_more()
    {
        ProducerLanes lanes = Lanes(terminalsMax: 1, refusedMax: 2);
        await RefuseAsync(lanes, "t1", 1);
        await RefuseAsync(lanes, "t2", 2);
        Assert.True(await MayGoAsync(lanes, "t1", 1));
        await RefuseAsync(lanes, "t3", 3);

        Assert.Equal(0, _forgotten);
        Assert.False(await MayGoAsync(lanes, "t2", 10));
        Assert.False(await MayGoAsync(lanes, "t3", 10));
    }

    [Fact]
    public async Task No_fewer_refusals_are_remembered_than_requests_may_be_without_an_answer()
    {
        ProducerLanes lanes = Lanes(terminalsMax: 1, refusedMax: 1, inFlightMax: 8);
        for (int n = 1; n <= 8; n++)
        {
            await RefuseAsync(lanes, $"t{n}", n);
        }

        Assert.Equal(0, _forgotten);
        Assert.False(await MayGoAsync(lanes, "t1", 10));
    }

    [Fact]
    public async Task A_pause_counts_until_it_is_over_and_its_refusal_does_not()
    {
        ProducerLanes lanes = Lanes(terminalsMax: 1, refusedMax: 2);
        using (LaneTurn turn = lanes.TryEnterTerminal("t1", 1)!)
        {
            Assert.True(await turn.WaitAsync(CancellationToken.None));
            turn.Refuse();
            turn.Tell(Paused);
        }

        Assert.Null(lanes.TryEnterTerminal("t2", 2));
        lanes.Tell(new LaneKey(-1, "t1"), default);
        Assert.True(await MayGoAsync(lanes, "t2", 2));
        Assert.False(await MayGoAsync(lanes, "t1", 3));
        Assert.Equal(["pause t1", "resume t1"], _told);
    }

    [Fact]
    public void The_pressure_of_a_lane_that_is_no_more_is_not_told()
    {
        ProducerLanes lanes = Lanes(terminalsMax: 1, refusedMax: 1);
        lanes.Tell(new LaneKey(-1, "t1"), Paused);
        Assert.Empty(_told);
        Assert.Empty(lanes.Paused);
    }

    private ProducerLanes Lanes(int terminalsMax, int refusedMax, int inFlightMax = 1) => new(
        new PublishSocketOptions
        {
            TerminalsMax = terminalsMax,
            RefusedTerminalsMax = refusedMax,
            InFlightMax = inFlightMax,
        },
        (task, pressure) => _told.Add($"{(pressure.State == PressureState.Pause ? "pause" : "resume")} {task}"),
        () => _forgotten++);

    private static async Task RefuseAsync(ProducerLanes lanes, string task, long seq)
    {
        using LaneTurn turn = lanes.TryEnterTerminal(task, seq)!;
        Assert.True(await turn.WaitAsync(CancellationToken.None));
        turn.Refuse();
    }

    private static async Task<bool> MayGoAsync(ProducerLanes lanes, string task, long seq)
    {
        using LaneTurn turn = lanes.TryEnterTerminal(task, seq)!;
        return await turn.WaitAsync(CancellationToken.None);
    }
}
