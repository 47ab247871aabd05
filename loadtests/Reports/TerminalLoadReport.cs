using System.Text.Json.Serialization;
using Realtime.Loadtests.Publishing;
using Realtime.Loadtests.Terminals;

namespace Realtime.Loadtests.Reports;

/// <summary>What terminals said, in the JSON file.</summary>
internal sealed record TerminalLoadReport(
    [property: JsonPropertyName("terminals")] int Terminals,
    [property: JsonPropertyName("write_rate")] int WriteRate,
    [property: JsonPropertyName("write_bytes")] int WriteBytes,
    [property: JsonPropertyName("open_bytes")] int OpenBytes,
    [property: JsonPropertyName("volume_bytes")] int VolumeBytes,
    [property: JsonPropertyName("repeat")] int Repeats,
    [property: JsonPropertyName("format")] string Format,
    [property: JsonPropertyName("producer")] string Producer)
{
    /// <summary>Puts it together.</summary>
    public static TerminalLoadReport From(TerminalLoadOptions load) => new(
        load.Count, load.WriteRate, load.WriteBytes, load.OpenBytes, load.VolumeBytes, load.Repeats,
        TerminalFormats.NameOf(load.Format), load.Producer == ProducerKind.Socket ? "socket" : "http");
}
