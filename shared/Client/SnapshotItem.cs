namespace Realtime.Client;

/// <summary>The values of a snapshot are complete; what comes now follows them.</summary>
public sealed record SnapshotItem : SubscriptionItem;
