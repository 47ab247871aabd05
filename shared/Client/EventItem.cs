namespace Realtime.Client;

/// <summary>An event.</summary>
/// <param name="Event">The event.</param>
/// <param name="Origin">How it came.</param>
public sealed record EventItem(AgentEvent Event, EventOrigin Origin) : SubscriptionItem;
