using Realtime.Loadtests.Terminals;

namespace Realtime.Tests.Loadtests;

public class OffsetCheckTests
{
    private readonly OffsetCheck _check = new(100);

    [Fact]
    public void Bytes_that_follow_each_other_are_whole()
    {
        _check.Take(100, 10);
        _check.Take(110, 5);

        Assert.Equal((115, 15, 0, 0), (_check.Next, _check.Received, _check.MissingUpTo(115), _check.Repeated));
    }

    [Fact]
    public void A_hole_without_a_word_is_missing()
    {
        _check.Take(100, 10);
        _check.Take(113, 7);

        Assert.Equal(3, _check.MissingUpTo(120));
    }

    [Fact]
    public void What_did_not_come_in_the_end_is_missing()
    {
        _check.Take(100, 10);

        Assert.Equal(90, _check.MissingUpTo(200));
    }

    [Fact]
    public void Bytes_that_come_again_count_once()
    {
        _check.Take(100, 10);
        _check.Take(105, 10);
        _check.Take(100, 3);

        Assert.Equal((115, 15, 8, 0), (_check.Next, _check.Received, _check.Repeated, _check.MissingUpTo(115)));
    }

    [Fact]
    public void Order_counts()
    {
        _check.Take(110, 10);
        _check.Take(100, 10);

        Assert.Equal((10, 10), (_check.MissingUpTo(120), _check.Repeated));
    }

    [Fact]
    public void A_gap_that_was_told_is_no_hole()
    {
        _check.Take(100, 10);
        _check.TakeGap(200);
        _check.Take(200, 10);

        Assert.Equal(
            (90, 200, 0, 210), (_check.Announced, _check.GapEnd, _check.MissingUpTo(210), _check.Next));
    }

    [Fact]
    public void A_gap_that_ends_before_what_came_takes_nothing_back()
    {
        _check.Take(100, 10);
        _check.TakeGap(105);

        Assert.Equal((110, 0), (_check.Next, _check.Announced));
    }

    [Fact]
    public void A_tail_begins_where_the_server_says()
    {
        _check.Begin(5000);
        _check.Take(5000, 10);

        Assert.Equal((5000, 0, 10), (_check.Start, _check.MissingUpTo(5010), _check.Received));
    }
}
