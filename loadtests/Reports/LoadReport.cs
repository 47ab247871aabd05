using System.Text.Json.Serialization;
using Realtime.Hosting.Configuration;
using Realtime.Loadtests.Scenarios;

namespace Realtime.Loadtests.Reports;

/// <summary>The load in the JSON file.</summary>
internal sealed record LoadReport(
    [property: JsonPropertyName("clients")] int Clients,
    [property: JsonPropertyName("agents")] int Agents,
    [property: JsonPropertyName("rate")] int Rate,
    [property: JsonPropertyName("payload_bytes")] int PayloadBytes,
    [property: JsonPropertyName("publishers")] int Publishers,
    [property: JsonPropertyName("connect_rate")] int ConnectRate,
    [property: JsonPropertyName("warmup")] string Warmup,
    [property: JsonPropertyName("duration")] string Duration,
    [property: JsonPropertyName("terminal"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    TerminalLoadReport? Terminal)
{
    /// <summary>Puts it together.</summary>
    public static LoadReport From(LoadOptions load) => new(
        load.Clients, load.Agents, load.Rate, load.PayloadBytes, load.Publishers, load.ConnectRate,
        DurationText.Format(load.Warmup), DurationText.Format(load.Duration),
        load.Terminal is null ? null : TerminalLoadReport.From(load.Terminal));
}
