using System.Text.Json.Serialization;
using Realtime.Loadtests.Measuring;

namespace Realtime.Loadtests.Reports;

/// <summary>What a process cost over a run, in the JSON file.</summary>
internal sealed record ProcessReport
{
    private const double Mib = 1024 * 1024;

    /// <summary>Its name.</summary>
    [JsonPropertyName("process")]
    public required string Process { get; init; }

    /// <summary>By interval, as <c>seconds</c> of the run says: cores, MiB of resident memory.</summary>
    [JsonPropertyName("over_time")]
    public required IReadOnlyList<double[]> OverTime { get; init; }

    /// <summary>Puts it together.</summary>
    public static ProcessReport From(ProcessTimeline process) => new()
    {
        Process = process.Name,
        OverTime =
        [
            .. process.Samples.Select(sample => new[]
            {
                Math.Round(sample.Cores, 3), Math.Round(sample.ResidentBytes / Mib, 1),
            }),
        ],
    };
}
