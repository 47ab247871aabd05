namespace Realtime.Loadtests.Results;

/// <summary>How a figure of several runs becomes one.</summary>
internal enum Aggregation
{
    /// <summary>The middle one (of an even number, the mean of the two): for what a noisy machine disturbs.</summary>
    Median,

    /// <summary>The highest: for what must not happen once.</summary>
    Worst,
}
