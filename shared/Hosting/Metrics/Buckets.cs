using System.Diagnostics.Metrics;

namespace Realtime.Hosting.Metrics;

/// <summary>
/// The bounds of histograms, fixed: one table for each kind of thing that is measured, so that processes and versions
/// can be added up. A histogram without one is refused by a test.
/// </summary>
public static class Buckets
{
    /// <summary>
    /// Latencies, in seconds: 0.5 ms to 30 s in steps of 1-2-5, so that 20, 50, 100 and 200 ms, which are promised, are
    /// bounds.
    /// </summary>
    public static InstrumentAdvice<double> Latency { get; } = new()
    {
        HistogramBucketBoundaries =
            [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30],
    };

    /// <summary>How long connections and drains last, in seconds: 1 s to a day.</summary>
    public static InstrumentAdvice<double> Duration { get; } = new()
    {
        HistogramBucketBoundaries = [1, 5, 15, 60, 300, 900, 3600, 4 * 3600, 12 * 3600, 24 * 3600],
    };

    /// <summary>How many at once: 1 to 1,000.</summary>
    public static InstrumentAdvice<long> Batch { get; } = new()
    {
        HistogramBucketBoundaries = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000],
    };
}
