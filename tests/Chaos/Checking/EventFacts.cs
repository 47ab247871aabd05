using System.Text.Json;

namespace Realtime.Tests.Chaos.Checking;

/// <summary>What an event is about: what filters look at, and what must come out as it went in.</summary>
internal sealed record EventFacts(
    string Channel, string Type, string Agent, string? Task, string? Project, string? StateKey)
{
    /// <summary>Of an event as it stands in an answer of <c>GET /v1/events</c>.</summary>
    public static EventFacts Of(JsonElement e) => new(
        e.GetProperty("channel").GetString()!, e.GetProperty("type").GetString()!, e.GetProperty("agent").GetString()!,
        Text(e, "task"), Text(e, "project"), Text(e, "state_key"));

    private static string? Text(JsonElement e, string name) =>
        e.TryGetProperty(name, out JsonElement text) ? text.GetString() : null;
}
