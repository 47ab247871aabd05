using Realtime.Protocol;

namespace Realtime.Client;

/// <summary>The latest events.</summary>
/// <param name="Events">The events, oldest first.</param>
/// <param name="Cursor">The live end: subscribe with it as <see cref="EventSubscriptionOptions.After"/> and nothing is
/// missed in between.</param>
/// <param name="Before">What to ask for next as <see cref="LatestQuery.Before"/>: older ones.</param>
/// <param name="More">Whether there are older ones.</param>
public sealed record LatestPage(
    IReadOnlyList<AgentEvent> Events, IReadOnlyList<EventPosition> Cursor, IReadOnlyList<EventPosition> Before,
    bool More);
