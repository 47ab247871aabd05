using Realtime.Loadtests.Measuring;
using Realtime.Loadtests.Steps;

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

    /// <summary>Of a step, under the name of its action.</summary>
    public static IEnumerable<Figure> Percentiles(Step step) =>
    [
        new($"{step.Action}_p50_ms", Milliseconds(step.Latency.Percentile(50))),
        new($"{step.Action}_p95_ms", Milliseconds(step.Latency.Percentile(95))),
        new($"{step.Action}_p99_ms", Milliseconds(step.Latency.Percentile(99))),
        new($"{step.Action}_max_ms", Milliseconds(step.Latency.Max)),
    ];

    /// <summary>Of microseconds.</summary>
    public static double Milliseconds(long microseconds) => microseconds / MicrosecondsPerMs;
}
