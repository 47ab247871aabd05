using System.Text.Json.Serialization;
using Realtime.Hosting.Configuration;
using Realtime.Loadtests.Publishing;
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
    [property: JsonPropertyName("slow_clients")] int SlowClients,
    [property: JsonPropertyName("agents_each")] int AgentsEach,
    [property: JsonPropertyName("client_processes")] int ClientProcesses,
    [property: JsonPropertyName("producer")] string Producer,
    [property: JsonPropertyName("simulations")] IReadOnlyList<string> Simulations,
    [property: JsonPropertyName("warmup")] string Warmup,
    [property: JsonPropertyName("duration")] string Duration,
    [property: JsonPropertyName("terminal"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    TerminalLoadReport? Terminal)
{
    /// <summary>Puts it together.</summary>
    public static LoadReport From(LoadOptions load) => new(
        load.Clients, load.Agents, load.Rate, load.PayloadBytes, load.Publishers, load.ConnectRate,
        load.SlowClients, load.AgentsEach, load.ClientProcesses,
        load.Producer == ProducerKind.Socket ? "socket" : "http",
        load.Rate == 0 ? [] : [.. load.Profile().Select(simulation => simulation.ToString())],
        DurationText.Format(load.Warmup), DurationText.Format(load.Duration),
        load.Terminal is null ? null : TerminalLoadReport.From(load.Terminal));
}
