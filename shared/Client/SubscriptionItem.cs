namespace Realtime.Client;

/// <summary>
/// What an <see cref="EventSubscription"/> gives: <see cref="EventItem"/>, <see cref="GapItem"/>, <see
/// cref="SnapshotItem"/>
/// or <see cref="ConflatedItem"/>.
/// </summary>
public abstract record SubscriptionItem
{
    private protected SubscriptionItem()
    {
    }
}
