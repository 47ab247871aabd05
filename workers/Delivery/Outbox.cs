using Realtime.Protocol;

namespace Realtime.Workers.Delivery;

/// <summary>
/// What waits to be sent on one connection: its own messages, and a bounded ring of references to shared events. No
/// payload is ever copied here. When the ring is full the references are dropped and their streams fall behind: a slow
/// viewer costs a position. One send loop takes; tails, the receive loop and timers put.
/// </summary>
internal sealed partial class Outbox(
    IWireFormat format, DeliveryOptions options, int ringBytesMax, DeliveryMetrics metrics)
{
    private readonly Queue<ControlMessage> _control = new();
    private readonly Queue<SubscriptionStart> _starts = new();
    private List<StreamFeed> _feeds = [];
    private List<Subscription> _subscriptions = [];

    private readonly EventRing _ring = new(options.RingEventsMax, ringBytesMax);

    private bool _heartbeatDue;
    private (CloseCode Code, string Reason)? _close;

    /// <summary>Guards this object and the connection's feeds. Held for a few instructions, never across a
    /// wait.</summary>
    public Lock Gate { get; } = new();

    /// <summary>Wakes the send loop.</summary>
    public Signal Signal { get; } = new();

    /// <summary>Raised when a message was taken, for a receive loop that found no room.</summary>
    public Signal Room { get; } = new();

    /// <summary>Messages and events that wait to be written.</summary>
    public int Waiting
    {
        get
        {
            lock (Gate)
            {
                return _control.Count + _ring.Count;
            }
        }
    }

    /// <summary>The transport is gone.</summary>
    public bool IsAborted { get; private set; }

    public IWireFormat Format => format;

    /// <summary>The connection's feeds. Copy-on-write.</summary>
    public IReadOnlyList<StreamFeed> Feeds => Volatile.Read(ref _feeds);

    /// <summary>The subscriptions whose beginning went out. Copy-on-write.</summary>
    public IReadOnlyList<Subscription> Subscriptions => Volatile.Read(ref _subscriptions);

    /// <summary>Whether a receive loop should read no further before messages were sent.</summary>
    public bool IsControlFull
    {
        get
        {
            lock (Gate)
            {
                return _control.Count >= options.ControlMessagesMax && !IsAborted && _close is null;
            }
        }
    }

    public void AddFeed(StreamFeed feed)
    {
        lock (Gate)
        {
            _feeds = [.. _feeds, feed];
        }
    }

    public void RemoveFeed(StreamFeed feed)
    {
        lock (Gate)
        {
            DropFromRing(feed);
            _feeds = [.. _feeds.Where(other => other != feed)];
        }
    }

    public void RemoveSubscription(Subscription subscription)
    {
        lock (Gate)
        {
            _subscriptions = [.. _subscriptions.Where(other => other != subscription)];
        }
    }

    /// <summary>
    /// Queues a message of this connection's own. Beyond twice the limit (notices while the receive loop already waits)
    /// it is dropped and counted: only notices that repeat themselves come that far.
    /// </summary>
    public void Post(ControlMessage message)
    {
        lock (Gate)
        {
            if (_control.Count >= 2 * options.ControlMessagesMax)
            {
                metrics.ControlDropped();
                return;
            }

            _control.Enqueue(message);
        }

        Signal.Raise();
    }

    /// <summary>
    /// Queues the beginning of a subscription whose feeds have been joined. Never more wait than there are
    /// subscriptions, and the first: else who subscribes and unsubscribes behind a beginning that it takes slowly would
    /// pile up the snapshots of all.
    /// </summary>
    public void PostStart(SubscriptionStart start)
    {
        lock (Gate)
        {
            DropGoneStarts();
            _starts.Enqueue(start);
        }

        Signal.Raise();
    }

    public void PostHeartbeat()
    {
        lock (Gate)
        {
            _heartbeatDue = true;
        }

        Signal.Raise();
    }

    /// <summary>Has the connection closed once its own messages are out; the first call wins.</summary>
    public void Close(CloseCode code, string reason)
    {
        lock (Gate)
        {
            _close ??= (code, reason);
        }

        Signal.Raise();
        Room.Raise();
    }

    /// <summary>The transport is gone: the loops end without another write.</summary>
    public void Abort()
    {
        lock (Gate)
        {
            IsAborted = true;
            _ring.Drain(static _ => { });
        }

        Signal.Raise();
        Room.Raise();
    }

    /// <summary>
    /// With the gate held: puts an event of a live feed into the ring. If there is no room, all that waits is dropped
    /// and every feed it belonged to falls behind to its first dropped event. Returns whether the send loop must be
    /// woken.
    /// </summary>
    public bool PushOrFallBehind(StreamFeed feed, SharedEvent item)
    {
        if (IsAborted)
        {
            return false;
        }

        if (!_ring.TryAdd(feed, item, item.FrameFor(format).Length))
        {
            FallBehindAll();
            feed.FallBehind(item.Before);
            return true;
        }

        return _ring.Count == 1;
    }

    /// <summary>With the gate held: the feed's oldest event in the ring.</summary>
    public SharedEvent? FirstInRing(StreamFeed feed) => _ring.FirstOf(feed);

    /// <summary>With the gate held: takes the feed's events out of the ring.</summary>
    public void DropFromRing(StreamFeed feed) => _ring.Remove(feed);

    /// <summary>By the send loop: all events that wait, oldest first, into <paramref name="taken"/>.</summary>
    public void TakeLive(List<SharedEvent> taken)
    {
        lock (Gate)
        {
            if (_ring.Count > 0)
            {
                _ring.Drain(item => taken.Add(item.Event));
            }
        }
    }

    /// <summary>By the send loop: the next message of the connection's own.</summary>
    public bool TryTakeControl(out ControlMessage message)
    {
        bool taken;
        bool wasFull;
        lock (Gate)
        {
            wasFull = _control.Count >= options.ControlMessagesMax;
            taken = _control.TryDequeue(out message);
        }

        if (taken && wasFull)
        {
            Room.Raise();
        }

        return taken;
    }

    /// <summary>By the send loop: what is due besides messages.</summary>
    public (byte[]? Pong, bool Heartbeat) TakeDue()
    {
        lock (Gate)
        {
            (byte[]? Pong, bool Heartbeat) due = (_pong, _heartbeatDue);
            (_pong, _heartbeatDue) = (null, false);
            return due;
        }
    }

    /// <summary>By the send loop: the subscription that begins next; stays until <see cref="EndStart"/>.</summary>
    public SubscriptionStart? PeekStart()
    {
        lock (Gate)
        {
            return _starts.TryPeek(out SubscriptionStart? start) ? start : null;
        }
    }

    /// <summary>By the send loop: the beginning went out, so replay and live events may follow.</summary>
    public void EndStart(SubscriptionStart start)
    {
        lock (Gate)
        {
            _starts.Dequeue();
            End(start);
            if (!start.Subscription.IsGone)
            {
                _subscriptions = [.. _subscriptions, start.Subscription];
            }
        }
    }

    public (CloseCode Code, string Reason)? PeekClose()
    {
        lock (Gate)
        {
            return _close;
        }
    }

    private static void End(SubscriptionStart start)
    {
        start.End();
        foreach (Joiner joiner in start.Joiners)
        {
            joiner.Started = true;
        }
    }

    // But for the first: the send loop may be in the middle of it.
    private void DropGoneStarts()
    {
        int waiting = _starts.Count;
        for (int i = 0; i < waiting; i++)
        {
            SubscriptionStart start = _starts.Dequeue();
            if (i > 0 && start.Subscription.IsGone)
            {
                End(start);
            }
            else
            {
                _starts.Enqueue(start);
            }
        }
    }

    private void FallBehindAll()
    {
        metrics.FellBehind();

        // The first dropped one decides where its feed stands; a feed that is behind already takes no further notice.
        _ring.Drain(static item => item.Feed.FallBehind(item.Event.Before));
    }
}
