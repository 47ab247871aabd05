using System.Text.Json;

namespace Realtime.Tests.Chaos.Checking;

/// <summary>By what an event is known: producers put their key into the payload; what the log says by itself has its
/// own.</summary>
internal static class EventKey
{
    /// <summary>Of a payload; null if it is neither a producer's nor the log's.</summary>
    public static string? Of(JsonElement payload) =>
        payload.TryGetProperty("key", out JsonElement key) ? key.GetString()
        : payload.TryGetProperty("reason", out JsonElement reason) && reason.GetString() == "lease_expired"
            && payload.GetProperty("status").GetString() == "lost"
            ? OfLost(payload.GetProperty("holder").GetString()!)
        : null;

    /// <summary>Of the log's word that a holder's lease ran out; each holder has one lease.</summary>
    public static string OfLost(string holder) => $"lost/{holder}";
}
