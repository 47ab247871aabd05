using Realtime.Log;
using Realtime.Workers.Routing;
using Realtime.Workers.Tail;

namespace Realtime.Workers.Delivery;

/// <summary>
/// One connection on one stream. It has one position; whoever puts its events on the wire moves that position: the tail
/// while it is live, the connection's send loop while it is behind. Only the tail hands it from behind to live, between
/// two entries, and only when its position equals the tail's or lies in the recent window; so nothing is skipped or
/// sent twice. All members are guarded by the outbox's gate unless they say otherwise.
/// </summary>
internal sealed partial class StreamFeed(StreamTail tail, Outbox outbox)
{
    // Not readonly: it is a struct that changes.
    private FeedMembers _members = new();
    private int _holds;

    public StreamTail Tail => tail;

    public Outbox Outbox => outbox;

    public FeedMode Mode { get; private set; } = FeedMode.Behind;

    /// <summary>
    /// Everything up to here was sent or filtered out. While live this is where it was handed over, a lower bound: the
    /// true one is the tail's own, less what waits in the ring.
    /// </summary>
    public StreamCursor Position { get; private set; }

    /// <summary>Subscriptions that all stand at <see cref="Position"/>.</summary>
    public IReadOnlyList<Subscription> Subscriptions => _members.Subscriptions;

    /// <summary>The first subscription that has yet to be replayed up to <see cref="Position"/>.</summary>
    public Joiner? FirstJoiner => _members.FirstJoiner;

    /// <summary>Its events that wait in the connection's ring; older than any it will read itself.</summary>
    public int InRing { get; set; }

    /// <summary>Whether all its subscriptions conflate: then it is woken at intervals instead of sent each
    /// event.</summary>
    public bool Conflates => _members.Conflate;

    /// <summary>Whether nothing may be sent before the client was told something first.</summary>
    public bool IsHeld => _holds > 0;

    /// <summary>Timestamp before which a conflating feed leaves its events where they are.</summary>
    public long NotBefore { get; private set; }

    /// <summary>The last event that was routed here. Owned by the tail loop.</summary>
    public SharedEvent? LastRouted { get; set; }

    /// <summary>Subscriptions that are routed here, by whatever filter. Owned by the routing table.</summary>
    public int RoutedSubscriptions { get; set; }

    /// <summary>Where it stands in the routing table, which owns this.</summary>
    public int RoutedIndex { get; set; }

    /// <summary>Where it stands in one of the groups of filters that it is in, which own this.</summary>
    public RoutedPlace Place { get; set; }

    /// <summary>Adds a subscription that begins at <paramref name="joiner"/>'s position; the tail stands at <paramref
    /// name="end"/>.</summary>
    public void Join(Joiner joiner, StreamCursor end)
    {
        lock (outbox.Gate)
        {
            if (Mode == FeedMode.Closed)
            {
                return;
            }

            if (_members.IsEmpty)
            {
                // A client that was served by a faster worker may be ahead of this tail; then nothing below is sent
                // again.
                StreamCursor start = joiner.Position;
                Position = start.Epoch == end.Epoch && start.Entry.Offset > end.Entry.Offset ? start : end;
            }
            else
            {
                Stop(end);
            }

            _members.Add(joiner);
            Mode = FeedMode.Behind;
        }
    }

    /// <summary>
    /// By the tail, which stands at <paramref name="end"/>: what its subscriptions want has changed, so what waits is
    /// looked at again. Nothing of what both cover is lost, or sent twice: it is read on from the first not sent.
    /// </summary>
    public void Reconsider(StreamCursor end)
    {
        lock (outbox.Gate)
        {
            if (Mode == FeedMode.Closed)
            {
                return;
            }

            Stop(end);
        }

        outbox.Signal.Raise();
    }

    /// <summary>Ends the private replay of a subscription that has reached the others. By the send loop.</summary>
    public void Merge(Joiner joiner)
    {
        lock (outbox.Gate)
        {
            _members.Merge(joiner);
        }
    }

    /// <summary>
    /// Takes a subscription off; returns where it stood. The tail stands at <paramref name="end"/>. If it may come back
    /// there, the stream is held until the client was told (<see cref="Release"/>): an event sent for the others
    /// meanwhile would look like one of its own, and move its cursor past what it was not sent.
    /// </summary>
    public StreamCursor Leave(Subscription subscription, StreamCursor end, bool hold)
    {
        lock (outbox.Gate)
        {
            if (hold && Mode != FeedMode.Closed)
            {
                Stop(end);
                _holds++;
            }

            StreamCursor stood = _members.PositionOf(subscription) ?? Standing(end);
            _members.Remove(subscription);
            return stood;
        }
    }

    /// <summary>By the send loop: the client was told of what held the stream.</summary>
    public void Release()
    {
        lock (outbox.Gate)
        {
            _holds--;
        }
    }

    /// <summary>By the tail: an event that one of the subscriptions matches. Who has to be woken for it is put into
    /// <paramref name="wakes"/>.</summary>
    public void Offer(SharedEvent item, long now, long conflationTicks, WakeList wakes)
    {
        bool wake;
        lock (outbox.Gate)
        {
            if (Mode != FeedMode.Live || item.Offset <= Position.Entry.Offset)
            {
                return;
            }

            if (Conflates)
            {
                Mode = FeedMode.Behind;
                Position = item.Before;
                NotBefore = Math.Max(now, NotBefore + conflationTicks);
                wake = true;
            }
            else
            {
                wake = outbox.PushOrFallBehind(this, item);
            }
        }

        if (wake)
        {
            wakes.Add(outbox.Signal);
        }
    }

    /// <summary>Lets the connection read on by itself from <paramref name="position"/>; while live only.</summary>
    public void FallBehind(StreamCursor position)
    {
        lock (outbox.Gate)
        {
            if (Mode != FeedMode.Live)
            {
                return;
            }

            Mode = FeedMode.Behind;
            Position = position;
        }
    }

    /// <summary>By the tail, when it can't go on from where it stood: what is in the ring is still good, the rest is
    /// read anew.</summary>
    public void FallBehindAt(StreamCursor end)
    {
        lock (outbox.Gate)
        {
            if (Mode == FeedMode.Live)
            {
                Mode = FeedMode.Behind;
                Position = Latest(end);
            }
        }

        outbox.Signal.Raise();
    }

    /// <summary>By the send loop while behind: everything up to here was written or filtered out.</summary>
    public void Advance(Joiner? joiner, StreamCursor position)
    {
        lock (outbox.Gate)
        {
            if (joiner is not null)
            {
                joiner.Position = position;
            }
            else if (Mode == FeedMode.Behind)
            {
                Position = position;
            }
        }
    }

    /// <summary>
    /// Up to where a subscription was sent everything or had it filtered out. <paramref name="end"/> must have been
    /// read from the tail before this is called: what the tail routed by then is in the ring or on the wire.
    /// </summary>
    public StreamCursor CursorOf(Subscription subscription, StreamCursor end)
    {
        lock (outbox.Gate)
        {
            return _members.PositionOf(subscription) ?? Standing(end);
        }
    }

    /// <summary>Nothing more is offered or read. Whoever held it may still hold a reference.</summary>
    public void Close()
    {
        lock (outbox.Gate)
        {
            Mode = FeedMode.Closed;
            _members.Clear();
        }
    }

    private StreamCursor Standing(StreamCursor end) =>
        Mode != FeedMode.Live ? Position : outbox.FirstInRing(this)?.Before ?? Latest(end);

    // No event more by the tail: what waits in the ring is read again by the send loop.
    private void Stop(StreamCursor end)
    {
        if (Mode == FeedMode.Live)
        {
            Position = outbox.FirstInRing(this)?.Before ?? Latest(end);
            outbox.DropFromRing(this);
        }

        Mode = FeedMode.Behind;
    }

    // Handed over ahead of the tail, it stands further than the tail until that has caught up.
    private StreamCursor Latest(StreamCursor end) =>
        Position.Epoch == end.Epoch && Position.Entry.Offset > end.Entry.Offset ? Position : end;
}
