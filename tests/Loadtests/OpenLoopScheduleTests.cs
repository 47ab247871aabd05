using System.Diagnostics;
using Realtime.Loadtests.Load;

namespace Realtime.Tests.Loadtests;

public class OpenLoopScheduleTests
{
    [Fact]
    public void Dues_are_spread_evenly_and_do_not_drift()
    {
        var schedule = new OpenLoopSchedule(1000, 3);

        Assert.Equal(1000, schedule.DueOf(0));
        Assert.Equal(1000 + (Stopwatch.Frequency / 3), schedule.DueOf(1));
        Assert.Equal(1000 + Stopwatch.Frequency, schedule.DueOf(3));
        Assert.Equal(1000 + (1_000_000_000 * Stopwatch.Frequency), schedule.DueOf(3_000_000_000));
    }

    [Theory]
    [InlineData(100, 30_000, 3000)]
    [InlineData(3, 1000, 3)]
    [InlineData(3, 1001, 4)]
    [InlineData(1, 1, 1)]
    [InlineData(1, 0, 0)]
    public void What_is_due_in_a_time_can_be_counted(int rate, int milliseconds, long count)
    {
        var schedule = new OpenLoopSchedule(0, rate);

        Assert.Equal(count, schedule.CountIn(TimeSpan.FromMilliseconds(milliseconds)));
    }

    [Fact]
    public async Task What_is_due_already_is_not_waited_for()
    {
        var schedule = new OpenLoopSchedule(Stopwatch.GetTimestamp() - Stopwatch.Frequency, 1);

        Assert.True(schedule.WaitForAsync(1, TimeProvider.System, CancellationToken.None).AsTask().IsCompleted);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            await schedule.WaitForAsync(1000, TimeProvider.System, new CancellationToken(canceled: true)));
    }
}
