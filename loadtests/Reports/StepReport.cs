using System.Text.Json.Serialization;
using Realtime.Loadtests.Results;
using Realtime.Loadtests.Steps;

namespace Realtime.Loadtests.Reports;

/// <summary>One step of a run in the JSON file.</summary>
internal sealed record StepReport
{
    /// <summary>Its name.</summary>
    [JsonPropertyName("step")]
    public required string Step { get; init; }

    /// <summary>How often it went well, warm-up included.</summary>
    [JsonPropertyName("ok")]
    public required long Ok { get; init; }

    /// <summary>How often it failed.</summary>
    [JsonPropertyName("fail")]
    public required long Fail { get; init; }

    /// <summary>Why it did first.</summary>
    [JsonPropertyName("first_failure"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? FirstFailure { get; init; }

    /// <summary>Of what was due in the measured time: count, p50, p75, p95, p99, max.</summary>
    [JsonPropertyName("latency_ms")]
    public required IReadOnlyDictionary<string, double> Latency { get; init; }

    /// <summary>By interval, as <c>seconds</c> of the run says: ok, failed, p50, p95, p99 in milliseconds.</summary>
    [JsonPropertyName("over_time")]
    public required IReadOnlyList<double[]> OverTime { get; init; }

    /// <summary>Puts it together.</summary>
    public static StepReport From(StepResult step) => new()
    {
        Step = step.Name,
        Ok = step.Ok,
        Fail = step.Failed,
        FirstFailure = step.FirstFailure,
        Latency = new Dictionary<string, double>
        {
            ["count"] = step.Latency.Count,
            ["p50"] = LatencyFigures.Milliseconds(step.Latency.Percentile(50)),
            ["p75"] = LatencyFigures.Milliseconds(step.Latency.Percentile(75)),
            ["p95"] = LatencyFigures.Milliseconds(step.Latency.Percentile(95)),
            ["p99"] = LatencyFigures.Milliseconds(step.Latency.Percentile(99)),
            ["max"] = LatencyFigures.Milliseconds(step.Latency.Max),
        },
        OverTime =
        [
            .. step.Samples.Select(sample => new[]
            {
                sample.Ok, sample.Failed, LatencyFigures.Milliseconds(sample.P50),
                LatencyFigures.Milliseconds(sample.P95), LatencyFigures.Milliseconds(sample.P99),
            }),
        ],
    };
}
