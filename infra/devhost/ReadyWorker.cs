using System.Text.Json.Serialization;

namespace Realtime.Devhost;

/// <summary>One worker in the ready file.</summary>
/// <param name="Id">Its id, as logs and the admin endpoint name it.</param>
/// <param name="Address">Its own base address, loopback; accepts only what the edge signed.</param>
/// <param name="Pid">Its process.</param>
internal sealed record ReadyWorker(
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("address")] string Address,
    [property: JsonPropertyName("pid")] int Pid);
