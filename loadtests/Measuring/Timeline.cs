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
    /// How fast the resident memory of a process grew from a second of the measured time on, bytes a second: the line
    /// of least squares, so that a collection here or there does not decide.
    /// </summary>
    public double MemorySlopeOf(string process, double from)
    {
        ProcessTimeline? found = Processes.FirstOrDefault(one => one.Name == process);
        (double At, double Bytes)[] points = found is null
            ? []
            :
            [
                .. Seconds.Zip(found.Samples, (at, sample) => (at, (double)sample.ResidentBytes))
                    .Where(point => point.at >= from),
            ];
        if (points.Length < 2)
        {
            return 0;
        }

        double middle = points.Average(point => point.At);
        double mean = points.Average(point => point.Bytes);
        double spread = points.Sum(point => (point.At - middle) * (point.At - middle));
        return spread == 0 ? 0 : points.Sum(point => (point.At - middle) * (point.Bytes - mean)) / spread;
    }
}
