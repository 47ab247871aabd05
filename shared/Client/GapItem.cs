namespace Realtime.Client;

/// <summary>Events that should have come are gone.</summary>
/// <param name="Gap">Which, and why.</param>
public sealed record GapItem(EventGap Gap) : SubscriptionItem;
