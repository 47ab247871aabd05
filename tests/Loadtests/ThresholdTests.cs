using Realtime.Loadtests.Results;

namespace Realtime.Tests.Loadtests;

public class ThresholdTests
{
    [Theory]
    [InlineData("latency_p99_ms<=50", "latency_p99_ms", 50)]
    [InlineData("missing<=0", "missing", 0)]
    [InlineData("a <=0.5", "a", 0.5)]
    public void It_is_figure_and_limit(string text, string figure, double limit)
    {
        Assert.True(Threshold.TryParse(text, out Threshold? threshold));
        Assert.Equal(new Threshold(figure, limit), threshold);
    }

    [Theory]
    [InlineData("")]
    [InlineData("<=5")]
    [InlineData("a<5")]
    [InlineData("a<=")]
    [InlineData("a<=x")]
    [InlineData("a<=-1")]
    public void Anything_else_is_refused(string text) => Assert.False(Threshold.TryParse(text, out _));

    [Fact]
    public void Given_ones_replace_those_of_the_same_figure_and_extend_the_others() =>
        Assert.Equal(
            [new("a", 1), new("b", 20), new("c", 30)],
            Threshold.Merge([new("a", 1), new("b", 2)], [new("b", 10), new("c", 30), new("b", 20)]));

    [Fact]
    public void A_figure_at_the_limit_passes_one_above_and_one_that_is_not_there_fail()
    {
        var threshold = new Threshold("a", 5);

        Assert.True(new ThresholdOutcome(threshold, 5).Passed);
        Assert.False(new ThresholdOutcome(threshold, 5.01).Passed);
        Assert.False(new ThresholdOutcome(threshold, double.NaN).Passed);
        Assert.False(new ThresholdOutcome(threshold, null).Passed);
    }
}
