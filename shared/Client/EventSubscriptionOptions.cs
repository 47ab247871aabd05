using Realtime.Protocol;

namespace Realtime.Client;

/// <summary>What an <see cref="EventSubscription"/> wants.</summary>
public sealed record EventSubscriptionOptions : EventQuery
{
    /// <summary>
    /// Resume behind these positions, such as <see cref="EventSubscription.Cursor"/> of an earlier process; null =
    /// begin at the live end.
    /// </summary>
    public IReadOnlyList<EventPosition>? After { get; init; }

    /// <summary>
    /// The latest value of each state key first (default: false); again after a reconnect or together with
    /// <see cref="After"/> only if something was lost.
    /// </summary>
    public bool Snapshot { get; init; }

    /// <summary>While behind, only the newest of several values of a state key (default: false).</summary>
    public bool Conflate { get; init; }
}
