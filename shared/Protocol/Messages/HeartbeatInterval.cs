using System.Globalization;

namespace Realtime.Protocol.Messages;

/// <summary>Which intervals of heartbeats a client may ask for: by <c>heartbeat</c> in the query, or in <c>hello</c>.
/// </summary>
public static class HeartbeatInterval
{
    /// <summary>The shortest, in milliseconds: more often costs batteries and finds little sooner.</summary>
    public const int MinMs = 10_000;

    /// <summary>The longest, in milliseconds: networks forget connections that are quiet for much longer.</summary>
    public const int MaxMs = 60_000;

    /// <summary>The rule for <c>heartbeat_ms</c>.</summary>
    public static readonly string Rule =
        string.Create(CultureInfo.InvariantCulture, $"must be a whole number from {MinMs} to {MaxMs}");
}
