using System.Text.Json.Serialization;

namespace Realtime.Loadtests.Reports;

/// <summary>One threshold in the JSON file.</summary>
internal sealed record ThresholdReport(
    [property: JsonPropertyName("figure")] string Figure,
    [property: JsonPropertyName("at_most"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    double? AtMost,
    [property: JsonPropertyName("at_least"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    double? AtLeast,
    [property: JsonPropertyName("value")] double? Value,
    [property: JsonPropertyName("passed")] bool Passed);
