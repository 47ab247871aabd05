using Realtime.Log;

namespace Realtime.Workers.Delivery;

/// <summary>
/// The subscriptions of one feed: those that stand where the feed stands, and those that have yet to be replayed up to
/// there. Written with the outbox's gate held.
/// </summary>
internal sealed class FeedMembers
{
    private readonly List<Joiner> _joiners = [];

    // Copy-on-write: the send loop walks it without the gate.
    private Subscription[] _subscriptions = [];

    /// <summary>Subscriptions that all stand where the feed stands.</summary>
    public IReadOnlyList<Subscription> Subscriptions => Volatile.Read(ref _subscriptions);

    /// <summary>The first subscription that has yet to be replayed.</summary>
    public Joiner? FirstJoiner => _joiners.Count > 0 ? _joiners[0] : null;

    public bool IsEmpty => _subscriptions.Length == 0 && _joiners.Count == 0;

    /// <summary>Whether all that stand there conflate.</summary>
    public bool Conflate { get; private set; }

    public void Add(Joiner joiner) => _joiners.Add(joiner);

    /// <summary>Ends a subscription's private replay; nothing if it left meanwhile.</summary>
    public void Merge(Joiner joiner)
    {
        if (_joiners.Remove(joiner))
        {
            Set([.. _subscriptions, joiner.Subscription]);
        }
    }

    /// <summary>Where a subscription stands that has yet to be replayed; null if it is none of these.</summary>
    public StreamCursor? PositionOf(Subscription subscription) =>
        _joiners.Find(joiner => joiner.Subscription == subscription)?.Position;

    public void Remove(Subscription subscription)
    {
        if (_joiners.RemoveAll(joiner => joiner.Subscription == subscription) == 0)
        {
            Set([.. _subscriptions.Where(other => other != subscription)]);
        }
    }

    public void Clear()
    {
        _joiners.Clear();
        Set([]);
    }

    /// <summary>Whether a subscription that stands there wants an event.</summary>
    public bool Want(SharedEvent item) =>
        Array.Exists(_subscriptions, subscription => subscription.Matches(item.Envelope));

    private void Set(Subscription[] subscriptions)
    {
        Volatile.Write(ref _subscriptions, subscriptions);
        Conflate = subscriptions.Length > 0 && Array.TrueForAll(subscriptions, static item => item.Conflates);
    }
}
