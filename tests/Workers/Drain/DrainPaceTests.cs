using Realtime.Workers.Drain;

namespace Realtime.Tests.Workers.Drain;

public sealed class DrainPaceTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly DrainPace _pace = new();

    [Theory]
    [InlineData(100, 200, 200, false)]
    [InlineData(3000, 200, 200, false)]
    [InlineData(3001, 200, 201, true)]
    [InlineData(15_000, 200, 1000, true)]
    [InlineData(0, 1, 1, false)]
    public void It_is_what_was_asked_or_what_half_the_deadline_needs(int untold, int asked, int expected, bool raised)
    {
        _pace.Begin(TimeSpan.Zero, Deadline, untold, asked);

        Assert.Equal((expected, asked, raised), (_pace.InForce, _pace.Asked, _pace.IsRaised));
    }

    [Fact]
    public void Turns_are_evenly_spaced_and_the_first_is_at_once()
    {
        _pace.Begin(TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(37), 10, 100);
        var turns = new List<double>();
        for (TimeSpan now = TimeSpan.FromSeconds(7); turns.Count < 10; now += TimeSpan.FromMilliseconds(1))
        {
            if (_pace.TryTake(now))
            {
                turns.Add((now - TimeSpan.FromSeconds(7)).TotalMilliseconds);
            }
        }

        Assert.Equal(Enumerable.Range(0, 10).Select(turn => turn * 10.0), turns);
    }

    [Fact]
    public void A_timer_that_is_late_is_made_good_for_but_not_a_process_that_stood_still()
    {
        _pace.Begin(TimeSpan.Zero, Deadline, 1000, 200);
        Assert.True(_pace.TryTake(TimeSpan.Zero));
        Assert.Equal(3, Take(TimeSpan.FromMilliseconds(15))); // Due at 5, 10 and 15.
        Assert.Equal(5, Take(TimeSpan.FromSeconds(10))); // 20 ms of it: a burst of 2,000 would be a storm.
    }

    [Fact]
    public void It_rises_for_those_who_come_late_and_never_sinks()
    {
        _pace.Begin(TimeSpan.Zero, Deadline, 100, 1);
        int before = _pace.InForce;
        _pace.More(TimeSpan.FromSeconds(1), Deadline, 1);
        Assert.Equal(before, _pace.InForce);

        _pace.More(TimeSpan.FromSeconds(20), Deadline, 100);
        Assert.Equal(20, _pace.InForce);
        Assert.True(_pace.NextAt <= TimeSpan.FromSeconds(20.05));
    }

    private int Take(TimeSpan now)
    {
        int taken = 0;
        while (_pace.TryTake(now))
        {
            taken++;
        }

        return taken;
    }
}
