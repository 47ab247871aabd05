using Realtime.Loadtests.Measuring;

namespace Realtime.Loadtests.Results;

/// <summary>Percentiles as figures.</summary>
internal static class LatencyFigures
{
    private const double MicrosecondsPerMs = 1000;

    /// <summary>Of one distribution; <paramref name="of"/> stands before each name.</summary>
    public static IEnumerable<Figure> Of(Histogram latency, string of = "") =>
    [
        new(of + FigureNames.LatencyP50, Milliseconds(latency.Percentile(50))),
        new(of + FigureNames.LatencyP95, Milliseconds(latency.Percentile(95))),
        new(of + FigureNames.LatencyP99, Milliseconds(latency.Percentile(99))),
        new(of + FigureNames.LatencyMax, Milliseconds(latency.Max)),
    ];

    /// <summary>Of microseconds.</summary>
    public static double Milliseconds(long microseconds) => microseconds / MicrosecondsPerMs;
}
