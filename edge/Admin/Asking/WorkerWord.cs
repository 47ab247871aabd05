using System.Text.Json;
using Realtime.Edge.Forwarding;

namespace Realtime.Edge.Admin.Asking;

/// <summary>What a worker answered to an operator's question, or why it did not.</summary>
/// <param name="Worker">Who.</param>
/// <param name="Status">The status of its answer; 502 if there is none, 504 if none came in time.</param>
/// <param name="Body">The JSON of its answer; default if there is none.</param>
/// <param name="Error">Why it did not do or tell what was asked; null if it did.</param>
internal sealed record WorkerWord(Worker Worker, int Status, JsonElement Body, string? Error)
{
    /// <summary>Whether it did or told what was asked.</summary>
    public bool IsGood => Error is null;

    /// <summary>A list of its answer; empty if it has none of that name.</summary>
    public IEnumerable<JsonElement> List(string name) =>
        IsGood && Body.ValueKind == JsonValueKind.Object && Body.TryGetProperty(name, out JsonElement list)
            && list.ValueKind == JsonValueKind.Array
            ? list.EnumerateArray()
            : [];

    /// <summary>A whole number of its answer; 0 if it has none of that name.</summary>
    public long Number(string name) =>
        IsGood && Body.ValueKind == JsonValueKind.Object && Body.TryGetProperty(name, out JsonElement number)
            && number.ValueKind == JsonValueKind.Number && number.TryGetInt64(out long value)
            ? value
            : 0;

    /// <summary>Whether its answer says yes to something.</summary>
    public bool Flag(string name) => Part(name) is { ValueKind: JsonValueKind.True };

    /// <summary>Another part of its answer; null if it has none of that name.</summary>
    public JsonElement? Part(string name) =>
        IsGood && Body.ValueKind == JsonValueKind.Object && Body.TryGetProperty(name, out JsonElement part)
            ? part
            : null;
}
