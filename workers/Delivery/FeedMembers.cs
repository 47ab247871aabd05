using Realtime.Log;

namespace Realtime.Workers.Delivery;

/// <summary>
/// The subscriptions of one feed: those that stand where the feed stands, and those that have yet to be replayed up to
/// there. Written with the outbox's gate held. A part of its feed, of which there is one for each stream of a viewer.
/// </summary>
internal struct FeedMembers()
{
    // None for most of a connection's life: an empty list for each stream of each viewer would be 1.4 KiB.
    private List<Joiner>? _joiners;

    // Copy-on-write: the send loop walks it without the gate.
    private Subscription[] _subscriptions = [];

    /// <summary>Subscriptions that all stand where the feed stands.</summary>
    public IReadOnlyList<Subscription> Subscriptions => Volatile.Read(ref _subscriptions);

    /// <summary>The first subscription that has yet to be replayed.</summary>
    public Joiner? FirstJoiner => _joiners is [var first, ..] ? first : null;

    public bool IsEmpty => _subscriptions.Length == 0 && _joiners is null;

    /// <summary>Whether all that stand there conflate.</summary>
    public bool Conflate { get; private set; }

    public void Add(Joiner joiner) => (_joiners ??= new List<Joiner>(1)).Add(joiner);

    /// <summary>Ends a subscription's private replay; nothing if it left meanwhile.</summary>
    public void Merge(Joiner joiner)
    {
        if (RemoveJoiners(one => one == joiner) > 0)
        {
            Set(_subscriptions is [] ? joiner.Subscription.Alone : [.. _subscriptions, joiner.Subscription]);
        }
    }

    /// <summary>Where a subscription stands that has yet to be replayed; null if it is none of these.</summary>
    public StreamCursor? PositionOf(Subscription subscription) =>
        _joiners?.Find(joiner => joiner.Subscription == subscription)?.Position;

    public void Remove(Subscription subscription)
    {
        if (RemoveJoiners(joiner => joiner.Subscription == subscription) == 0)
        {
            Set([.. _subscriptions.Where(other => other != subscription)]);
        }
    }

    public void Clear()
    {
        _joiners = null;
        Set([]);
    }

    /// <summary>Whether a subscription that stands there wants an event.</summary>
    public bool Want(SharedEvent item) =>
        Array.Exists(_subscriptions, subscription => subscription.Matches(item.Envelope));

    private int RemoveJoiners(Predicate<Joiner> which)
    {
        int removed = _joiners?.RemoveAll(which) ?? 0;
        if (_joiners is [])
        {
            _joiners = null;
        }

        return removed;
    }

    private void Set(Subscription[] subscriptions)
    {
        Volatile.Write(ref _subscriptions, subscriptions);
        Conflate = subscriptions.Length > 0 && Array.TrueForAll(subscriptions, static item => item.Conflates);
    }
}
