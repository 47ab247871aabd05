using System.Text.Json.Serialization;
using Realtime.Loadtests.Measuring;

namespace Realtime.Loadtests.Reports;

/// <summary>
/// The JSON file of one command: where, when and how it was measured, then what. Field names are for scripts.
/// </summary>
internal sealed record Report
{
    [JsonPropertyName("date")]
    public required DateTimeOffset Date { get; init; }

    /// <summary>As it was given, to be repeated.</summary>
    [JsonPropertyName("command")]
    public required string Command { get; init; }

    [JsonPropertyName("machine")]
    public required MachineDescription Machine { get; init; }

    /// <summary>Address of a running edge; absent if the system was started for each run.</summary>
    [JsonPropertyName("edge")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Edge { get; init; }

    [JsonPropertyName("scenarios")]
    public required IReadOnlyList<ScenarioReport> Scenarios { get; init; }

    [JsonPropertyName("passed")]
    public required bool Passed { get; init; }
}
