using Realtime.Loadtests.Measuring;

namespace Realtime.Tests.Loadtests;

public class SequenceCheckTests
{
    [Theory]
    [InlineData(new long[] { 0, 1, 2, 3 }, 4, 0, 0, 0)]
    [InlineData(new long[] { }, 4, 4, 0, 0)]
    [InlineData(new long[] { 0, 1 }, 4, 2, 0, 0)]
    [InlineData(new long[] { 0, 3 }, 4, 2, 0, 0)]
    [InlineData(new long[] { 1, 2, 3 }, 4, 1, 0, 0)]
    [InlineData(new long[] { 0, 1, 1, 2, 3 }, 4, 0, 1, 0)]
    [InlineData(new long[] { 0, 2, 1, 3 }, 4, 0, 0, 1)]
    [InlineData(new long[] { 3, 2, 1, 0 }, 4, 0, 0, 3)]
    [InlineData(new long[] { 0, 2, 1, 1, 3 }, 4, 0, 1, 1)]
    [InlineData(new long[] { 0, 1, 2, 3, 4 }, 4, 0, 0, 0)]
    public void Missing_duplicate_and_late_numbers_are_told_apart(
        long[] numbers, long published, long missing, long duplicates, long outOfOrder)
    {
        var check = new SequenceCheck();
        foreach (long number in numbers)
        {
            check.Accept(number);
        }

        Assert.Equal(
            (missing, duplicates, outOfOrder), (check.MissingOf(published), check.Duplicates, check.OutOfOrder));
    }

    [Fact]
    public void A_number_is_accepted_once()
    {
        var check = new SequenceCheck();

        Assert.True(check.Accept(1));
        Assert.True(check.Accept(0));
        Assert.False(check.Accept(0));
        Assert.False(check.Accept(1));
    }

    [Fact]
    public void A_huge_hole_is_counted_without_being_remembered_one_by_one()
    {
        var check = new SequenceCheck();

        check.Accept(1_000_000_000);
        check.Accept(1_000_000_002);

        Assert.Equal(1_000_000_001, check.MissingOf(1_000_000_003));
    }
}
