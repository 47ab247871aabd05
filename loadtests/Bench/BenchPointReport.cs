using System.Text.Json.Serialization;
using Realtime.Loadtests.Reports;

namespace Realtime.Loadtests.Bench;

/// <summary>One point of the curve in the JSON file.</summary>
internal sealed record BenchPointReport
{
    [JsonPropertyName("contender")]
    public required string Contender { get; init; }

    [JsonPropertyName("offered_deliveries_per_s")]
    public required int Offered { get; init; }

    /// <summary>CPU seconds per million deliveries, by process.</summary>
    [JsonPropertyName("cpu_s_per_million_deliveries")]
    public required IReadOnlyDictionary<string, double> Cpu { get; init; }

    /// <summary>Whether the load was not carried: then CPU and rates say little.</summary>
    [JsonPropertyName("is_behind")]
    public required bool IsBehind { get; init; }

    /// <summary>All figures, and all turns with their distributions, as <c>run</c> reports a scenario.</summary>
    [JsonPropertyName("turns")]
    public required ScenarioReport Turns { get; init; }

    /// <summary>Puts it together.</summary>
    public static BenchPointReport From(BenchPoint point) => new()
    {
        Contender = point.Contender,
        Offered = point.Offered,
        Cpu = point.Cpu.ToDictionary(one => one.Process, one => Math.Round(one.Seconds, 2)),
        IsBehind = point.IsBehind,
        Turns = ScenarioReport.From(point.Result, point.Load),
    };
}
