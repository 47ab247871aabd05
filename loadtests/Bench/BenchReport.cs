using System.Text.Json.Serialization;
using Realtime.Loadtests.Measuring;

namespace Realtime.Loadtests.Bench;

/// <summary>The JSON file of <c>bench</c>: where, when and how, then what. Field names are for scripts.</summary>
internal sealed record BenchReport
{
    [JsonPropertyName("date")]
    public required DateTimeOffset Date { get; init; }

    /// <summary>As it was given, to be repeated.</summary>
    [JsonPropertyName("command")]
    public required string Command { get; init; }

    [JsonPropertyName("machine")]
    public required MachineDescription Machine { get; init; }

    /// <summary>What each contender is, by name.</summary>
    [JsonPropertyName("contenders")]
    public required IReadOnlyDictionary<string, string> Contenders { get; init; }

    /// <summary>The curve.</summary>
    [JsonPropertyName("points")]
    public required IReadOnlyList<BenchPointReport> Points { get; init; }

    /// <summary>The highest loads, one for each search.</summary>
    [JsonPropertyName("highest")]
    public required IReadOnlyList<HighestReport> Highest { get; init; }

    /// <summary>Whether nothing was lost, twice, misordered or refused where the load was carried.</summary>
    [JsonPropertyName("passed")]
    public required bool Passed { get; init; }
}
