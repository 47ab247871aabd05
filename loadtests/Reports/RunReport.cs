using System.Text.Json.Serialization;
using Realtime.Loadtests.Measuring;
using Realtime.Loadtests.Results;

namespace Realtime.Loadtests.Reports;

/// <summary>One run in the JSON file.</summary>
internal sealed record RunReport
{
    private const int Decimals = 4;

    [JsonPropertyName("figures")]
    public required IReadOnlyDictionary<string, double> Figures { get; init; }

    /// <summary>
    /// By name: pairs of upper end in microseconds and count, so that runs and processes can be added up.
    /// </summary>
    [JsonPropertyName("histograms_us")]
    public required IReadOnlyDictionary<string, IReadOnlyList<long[]>> Histograms { get; init; }

    /// <summary>The steps, each over time.</summary>
    [JsonPropertyName("steps")]
    public required IReadOnlyList<StepReport> Steps { get; init; }

    /// <summary>The processes, each over time.</summary>
    [JsonPropertyName("processes")]
    public required IReadOnlyList<ProcessReport> Processes { get; init; }

    /// <summary>When each interval ended: seconds from the start of the measured time; warm-up is below 0.</summary>
    [JsonPropertyName("seconds")]
    public required IReadOnlyList<double> Seconds { get; init; }

    [JsonPropertyName("notes")]
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>Puts it together.</summary>
    public static RunReport From(RunResult run) => new()
    {
        Figures = ByName(run.Figures),
        Histograms = run.Histograms.ToDictionary(named => named.Key, named => CellsOf(named.Value)),
        Steps = [.. run.Timeline.Steps.Select(StepReport.From)],
        Processes = [.. run.Timeline.Processes.Select(ProcessReport.From)],
        Seconds = [.. run.Timeline.Seconds.Select(at => Math.Round(at, 2))],
        Notes = run.Notes,
    };

    /// <summary>Figures by their names.</summary>
    public static IReadOnlyDictionary<string, double> ByName(IReadOnlyList<Figure> figures) =>
        figures.ToDictionary(figure => figure.Name, figure => Math.Round(figure.Value, Decimals));

    private static IReadOnlyList<long[]> CellsOf(Histogram histogram) =>
        [.. histogram.Cells().Select(cell => new[] { cell.Microseconds, cell.Count })];
}
