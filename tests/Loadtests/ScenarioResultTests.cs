using Realtime.Loadtests.Results;

namespace Realtime.Tests.Loadtests;

public class ScenarioResultTests
{
    [Theory]
    [InlineData(new double[] { 7 }, 7)]
    [InlineData(new double[] { 9, 1, 5 }, 5)]
    [InlineData(new double[] { 1, 4 }, 2.5)]
    public void Figures_of_several_runs_are_their_median(double[] values, double median) =>
        Assert.Equal(median, Result(Aggregation.Median, values).Figures.Single().Value);

    [Fact]
    public void What_must_not_happen_once_is_the_worst() =>
        Assert.Equal(1, Result(Aggregation.Worst, 0, 1, 0).Figures.Single().Value);

    [Fact]
    public void It_passes_only_if_every_threshold_is_kept()
    {
        Assert.True(Result(Aggregation.Worst, 0, 0, 0).Passed);
        Assert.False(Result(Aggregation.Worst, 0, 1, 0).Passed);
    }

    [Fact]
    public void A_threshold_of_an_unknown_figure_fails()
    {
        var result = new ScenarioResult("s", [Run(Aggregation.Median, 1)], [new Threshold("other", 5)]);

        Assert.False(result.Passed);
        Assert.Null(Assert.Single(result.Thresholds).Value);
    }

    private static ScenarioResult Result(Aggregation aggregation, params double[] values) =>
        new("s", [.. values.Select(value => Run(aggregation, value))], [new Threshold("figure", 0)]);

    private static RunResult Run(Aggregation aggregation, double value) =>
        new() { Figures = [new Figure("figure", value, aggregation)] };
}
