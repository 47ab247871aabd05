using FsCheck;
using FsCheck.Fluent;
using Realtime.Loadtests.Measuring;

namespace Realtime.Tests.Loadtests;

public class HistogramTests
{
    [Fact]
    public void Without_values_everything_is_zero()
    {
        var histogram = new Histogram();

        Assert.Equal(0, histogram.Count);
        Assert.Equal(0, histogram.Max);
        Assert.Equal(0, histogram.Percentile(99));
        Assert.Empty(histogram.Cells());
    }

    [Fact]
    public void Below_256_microseconds_percentiles_are_exact()
    {
        Histogram histogram = Of(Enumerable.Range(1, 200).Select(value => (long)value));

        Assert.Equal(1, histogram.Percentile(0.1));
        Assert.Equal(100, histogram.Percentile(50));
        Assert.Equal(190, histogram.Percentile(95));
        Assert.Equal(198, histogram.Percentile(99));
        Assert.Equal(200, histogram.Percentile(100));
    }

    [Theory]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(511)]
    [InlineData(512)]
    [InlineData(1_000_000)]
    [InlineData(Histogram.MicrosecondsMax)]
    public void A_value_is_told_at_least_as_it_was_and_at_most_one_128th_more(long value)
    {
        Histogram histogram = Of([value, Histogram.MicrosecondsMax]);

        Assert.InRange(histogram.Percentile(50), value, value + (value / 128));
        Assert.Equal(2, histogram.Count);
    }

    [Fact]
    public void The_maximum_is_exact_and_no_percentile_exceeds_it()
    {
        Histogram histogram = Of([1, 1_000_003]);

        Assert.Equal(1_000_003, histogram.Max);
        Assert.Equal(1_000_003, histogram.Percentile(100));
    }

    [Fact]
    public void Values_out_of_range_are_counted_at_its_ends()
    {
        Histogram histogram = Of([-5, long.MaxValue]);

        Assert.Equal(0, histogram.Percentile(50));
        Assert.Equal(Histogram.MicrosecondsMax, histogram.Percentile(100));
    }

    [Fact]
    public void One_slow_value_in_a_hundred_is_the_99th_percentile_only_when_it_is_two()
    {
        Histogram histogram = Of(Enumerable.Repeat(10L, 99).Append(200));
        Assert.Equal(10, histogram.Percentile(99));

        histogram = Of(Enumerable.Repeat(10L, 98).Append(200).Append(200));
        Assert.Equal(200, histogram.Percentile(99));
    }

    [Fact]
    public void Percentiles_of_any_values_are_those_of_the_sorted_list_within_the_precision() =>
        Prop.ForAll(
            Gen.Choose(0, int.MaxValue).Select(value => (long)value).NonEmptyListOf().ToArbitrary(),
            Gen.Choose(1, 100).ToArbitrary(),
            (values, percent) =>
            {
                long exact = values.Order().ElementAt((int)Math.Ceiling(values.Count * percent / 100.0) - 1);
                long told = Of(values).Percentile(percent);
                return told >= exact && told <= exact + (exact / 128) + 1;
            }).QuickCheckThrowOnFailure();

    [Fact]
    public void Added_histograms_are_as_one_that_saw_all_values() =>
        Prop.ForAll<int[], int[]>((first, second) =>
        {
            Histogram sum = Of(first.Select(value => (long)value));
            sum.Add(Of(second.Select(value => (long)value)));
            Histogram all = Of(first.Concat(second).Select(value => (long)value));
            return sum.Cells().SequenceEqual(all.Cells()) && sum.Max == all.Max && sum.Count == all.Count;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Cells_hold_every_value_once()
    {
        Histogram histogram = Of([3, 3, 300, 70_000]);

        Assert.Equal([3L, 301, 70_143], histogram.Cells().Select(cell => cell.Microseconds));
        Assert.Equal([2L, 1, 1], histogram.Cells().Select(cell => cell.Count));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(100.1)]
    [InlineData(double.NaN)]
    public void A_percentage_that_is_none_is_refused(double percent) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new Histogram().Percentile(percent));

    private static Histogram Of(IEnumerable<long> values)
    {
        var histogram = new Histogram();
        foreach (long value in values)
        {
            histogram.Record(value);
        }

        return histogram;
    }
}
