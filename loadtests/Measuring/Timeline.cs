using Realtime.Loadtests.Steps;

namespace Realtime.Loadtests.Measuring;

/// <summary>A run over time: what charts are drawn from, and slopes taken.</summary>
internal sealed record Timeline
{
    /// <summary>Nothing was watched.</summary>
    public static Timeline Empty { get; } = new();

    /// <summary>When each interval ended, in seconds from the start of the measured time; warm-up is below 0.</summary>
    public IReadOnlyList<double> Seconds { get; init; } = [];

    /// <summary>The steps.</summary>
    public IReadOnlyList<StepResult> Steps { get; init; } = [];

    /// <summary>The processes, that of the client last.</summary>
    public IReadOnlyList<ProcessTimeline> Processes { get; init; } = [];

    /// <summary>
    /// How fast the resident memory of a process grew from a second of the measured time on, bytes a second.
    /// Collections are in it: over minutes it tells of what is kept, over less of when they were.
    /// </summary>
    public double MemorySlopeOf(string process, double from) =>
        Processes.FirstOrDefault(one => one.Name == process) is { } found
            ? Slope.Of(
                [
                    .. Seconds.Zip(found.Samples, (at, sample) => (at, (double)sample.ResidentBytes))
                        .Where(point => point.at >= from),
                ])
            : 0;
}
