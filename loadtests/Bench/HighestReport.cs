using System.Text.Json.Serialization;

namespace Realtime.Loadtests.Bench;

/// <summary>One search for the highest load in the JSON file.</summary>
internal sealed record HighestReport
{
    [JsonPropertyName("contender")]
    public required string Contender { get; init; }

    [JsonPropertyName("carried_deliveries_per_s")]
    public required int Carried { get; init; }

    [JsonPropertyName("not_carried_deliveries_per_s")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? NotCarried { get; init; }

    [JsonPropertyName("p99_max_ms")]
    public required double P99MaxMs { get; init; }

    /// <summary>The run at the highest load.</summary>
    [JsonPropertyName("best")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public BenchPointReport? Best { get; init; }

    /// <summary>Puts it together.</summary>
    public static HighestReport From(HighestPoint point, TimeSpan p99Max) => new()
    {
        Contender = point.Contender,
        Carried = point.Carried,
        NotCarried = point.NotCarried,
        P99MaxMs = p99Max.TotalMilliseconds,
        Best = point.Best is null ? null : BenchPointReport.From(point.Best),
    };
}
