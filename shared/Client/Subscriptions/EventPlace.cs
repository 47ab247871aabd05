using Realtime.Protocol;

namespace Realtime.Client.Subscriptions;

/// <summary>Where an application stands once it has taken an item.</summary>
/// <param name="Own">The item's own position, if it moves the cursor.</param>
/// <param name="Covered">What the server said is covered as well.</param>
internal readonly record struct EventPlace(EventPosition? Own, IReadOnlyList<EventPosition>? Covered);
