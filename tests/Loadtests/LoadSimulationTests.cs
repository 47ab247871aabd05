using System.Diagnostics;
using Realtime.Loadtests.Load;

namespace Realtime.Tests.Loadtests;

public class LoadSimulationTests
{
    [Theory]
    [InlineData("inject 100 30s")]
    [InlineData("ramp-inject 10 500 1m")]
    [InlineData("constant 7 500ms")]
    [InlineData("ramp-constant 0 20 10s")]
    [InlineData("pause 5s")]
    public void What_is_written_is_what_was_read(string text) =>
        Assert.Equal(text, LoadSimulation.Parse(text)?.ToString());

    [Theory]
    [InlineData("")]
    [InlineData("inject")]
    [InlineData("inject 100")]
    [InlineData("inject 100 0s")]
    [InlineData("inject -1 5s")]
    [InlineData("inject 1 2 5s")]
    [InlineData("ramp-inject 1 5s")]
    [InlineData("pause 1 5s")]
    [InlineData("burst 1 5s")]
    [InlineData("inject 1000001 5s")]
    public void Anything_else_is_none(string text) => Assert.Null(LoadSimulation.Parse(text));

    [Fact]
    public void A_ramp_is_as_many_as_its_mean_and_ever_closer()
    {
        var schedule = new OpenLoopSchedule(0, [LoadSimulation.RampingInject(0, 100, TimeSpan.FromSeconds(10))]);

        Assert.Equal(500, schedule.Count);
        Assert.Equal(125, schedule.CountIn(TimeSpan.FromSeconds(5)), 2.0);
        Assert.Equal(10, Seconds(schedule.DueOf(499)), 0.05);
        Assert.All(
            Enumerable.Range(1, 498),
            i => Assert.True(
                schedule.DueOf(i + 1) - schedule.DueOf(i) <= schedule.DueOf(i) - schedule.DueOf(i - 1) + 2));
    }

    [Fact]
    public void Stretches_follow_each_other_and_pauses_are_empty()
    {
        var schedule = new OpenLoopSchedule(
            0,
            [
                LoadSimulation.Inject(10, TimeSpan.FromSeconds(1)), LoadSimulation.Pause(TimeSpan.FromSeconds(5)),
                LoadSimulation.RampingInject(20, 0, TimeSpan.FromSeconds(2)),
            ]);

        Assert.Equal(30, schedule.Count);
        Assert.Equal(0.9, Seconds(schedule.DueOf(9)), 0.001);
        Assert.Equal(6, Seconds(schedule.DueOf(10)), 0.001);
        Assert.InRange(Seconds(schedule.DueOf(29)), 7, 8);
        Assert.Equal(long.MaxValue, schedule.DueOf(30));
    }

    [Fact]
    public async Task An_open_one_begins_each_when_due_whatever_becomes_of_those_before()
    {
        var never = new TaskCompletionSource();
        var dues = new List<long>();
        long start = Stopwatch.GetTimestamp();
        Task run = new SimulationRunner(
            async (due, _) =>
            {
                dues.Add(due);
                await never.Task;
            },
            100, TimeProvider.System)
            .RunAsync(start, [LoadSimulation.Inject(1000, TimeSpan.FromMilliseconds(20))], CancellationToken.None);

        await Support.Eventually.TrueAsync("all began", () => dues.Count == 20, TimeSpan.FromSeconds(10));
        never.SetResult();
        await run;

        Assert.Equal(Enumerable.Range(0, 20).Select(i => start + (Stopwatch.Frequency * i / 1000)), dues);
    }

    [Fact]
    public async Task A_closed_one_keeps_so_many_at_work()
    {
        int underWay = 0;
        int most = 0;
        int done = 0;
        await new SimulationRunner(
            async (_, _) =>
            {
                most = Math.Max(most, Interlocked.Increment(ref underWay));
                await Task.Yield();
                Interlocked.Decrement(ref underWay);
                Interlocked.Increment(ref done);
            },
            1, TimeProvider.System)
            .RunAsync(
                Stopwatch.GetTimestamp(), [LoadSimulation.KeepConstant(3, TimeSpan.FromMilliseconds(300))],
                CancellationToken.None);

        Assert.InRange(most, 1, 3);
        Assert.True(done > 3);
    }

    [Fact]
    public void Copies_rise_evenly_and_stay_and_are_none_before_and_behind()
    {
        long second = Stopwatch.Frequency;
        var copies = new CopySchedule(
            10 * second,
            [
                LoadSimulation.Pause(TimeSpan.FromSeconds(1)),
                LoadSimulation.RampingConstant(1, 5, TimeSpan.FromSeconds(4)),
                LoadSimulation.KeepConstant(5, TimeSpan.FromSeconds(1)),
            ]);

        Assert.Equal(5, copies.Most);
        Assert.Equal(16 * second, copies.End);
        Assert.Equal(
            [0, 0, 1, 2, 3, 5, 5, 5, 0],
            new[] { 9, 10, 11, 11.5, 13, 14.5, 15, 15.9, 16 }.Select(at => copies.WantedAt((long)(at * second))));
    }

    [Fact]
    public async Task What_a_closed_one_began_in_one_stretch_is_a_copy_of_the_next()
    {
        int begun = 0;
        var never = new TaskCompletionSource();
        long start = Stopwatch.GetTimestamp();
        TimeSpan each = TimeSpan.FromMilliseconds(50);
        Task run = new SimulationRunner(
            async (_, _) =>
            {
                Interlocked.Increment(ref begun);
                await never.Task;
            },
            1, TimeProvider.System)
            .RunAsync(
                start, [LoadSimulation.KeepConstant(2, each), LoadSimulation.KeepConstant(2, 4 * each)],
                CancellationToken.None);

        await Support.Eventually.TrueAsync("all is over", () => Stopwatch.GetElapsedTime(start) > 5 * each);
        never.SetResult();
        await run;

        Assert.Equal(2, begun);
    }

    private static double Seconds(long ticks) => ticks / (double)Stopwatch.Frequency;
}
