using System.Text.Json.Serialization;
using Realtime.Loadtests.Results;
using Realtime.Loadtests.Scenarios;

namespace Realtime.Loadtests.Reports;

/// <summary>One scenario in the JSON file.</summary>
internal sealed record ScenarioReport
{
    [JsonPropertyName("scenario")]
    public required string Scenario { get; init; }

    [JsonPropertyName("load")]
    public required LoadReport Load { get; init; }

    /// <summary>The load in words.</summary>
    [JsonPropertyName("description")]
    public required string Description { get; init; }

    /// <summary>Of all runs: medians, and the worst of what must not happen.</summary>
    [JsonPropertyName("figures")]
    public required IReadOnlyDictionary<string, double> Figures { get; init; }

    [JsonPropertyName("thresholds")]
    public required IReadOnlyList<ThresholdReport> Thresholds { get; init; }

    [JsonPropertyName("runs")]
    public required IReadOnlyList<RunReport> Runs { get; init; }

    /// <summary>Puts it together.</summary>
    public static ScenarioReport From(ScenarioResult result, LoadOptions load) => new()
    {
        Scenario = result.Scenario,
        Load = LoadReport.From(load),
        Description = load.ToString(),
        Figures = RunReport.ByName(result.Figures),
        Thresholds =
        [
            .. result.Thresholds.Select(outcome => new ThresholdReport(
                outcome.Threshold.Figure,
                outcome.Threshold.IsLeast ? null : outcome.Threshold.Limit,
                outcome.Threshold.IsLeast ? outcome.Threshold.Limit : null,
                outcome.Value, outcome.Passed)),
        ],
        Runs = [.. result.Runs.Select(RunReport.From)],
    };
}
