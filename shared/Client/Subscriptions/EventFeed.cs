using System.Buffers;
using Realtime.Client.Wire;
using Realtime.Protocol;
using Realtime.Protocol.Subscriptions;

namespace Realtime.Client.Subscriptions;

/// <summary>
/// One subscription to events: its two cursors, its buffer, its flow. Fed by the receive loop, read by the application.
/// </summary>
internal sealed class EventFeed : IFeed
{
    private readonly FeedContext _context;
    private readonly EventSubscriptionOptions _wanted;
    private readonly EventFilter? _filter;

    // What was received: a new connection resumes from here.
    private Cursor _received;

    private readonly TakenCursor _taken;

    // Between `subscribed` and the end of its snapshot: where to begin again should the connection break, so that all
    // values come; and what the application will have covered when it has taken the snapshot's end.
    private Cursor? _beforeSnapshot;
    private Cursor? _snapshotCovers;

    public EventFeed(string id, EventSubscriptionOptions wanted, FeedContext context)
    {
        Id = id;
        _wanted = wanted;
        _context = context;
        _filter = LocalFilter.Of(wanted);
        _received = new Cursor(wanted.After ?? []);
        _taken = new TakenCursor(wanted.After ?? []);
        Control = new FeedControl(context);
        Control.Flow.HasPlace = wanted.After is not null;
        Buffer = new ItemBuffer<SubscriptionItem, EventPlace>(
            Control.Gate, context.Options.BufferItems, context.Options.BufferBytes, _taken.Take, OnDrained);
    }

    public string Id { get; }

    public FeedControl Control { get; }

    public ItemBuffer<SubscriptionItem, EventPlace> Buffer { get; }

    /// <summary>How old the newest event was when it came.</summary>
    public TimeSpan Lag { get; private set; }

    /// <summary>What the application has taken.</summary>
    public IReadOnlyList<EventPosition> Cursor
    {
        get
        {
            lock (Control.Gate)
            {
                _taken.CoverIf(Buffer.IsIdle);
                return _taken.Positions;
            }
        }
    }

    /// <summary>Whether a live event may be its own.</summary>
    public bool Matches(AgentEvent live) =>
        _filter is not null && _filter.Matches(live.Channel, live.Type, live.Agent, live.Task, live.Project);

    /// <summary>Takes an event that is its own, if it has not seen it yet.</summary>
    public void OnEvent(AgentEvent arrived, EventOrigin origin, int bytes)
    {
        bool isFull;
        lock (Control.Gate)
        {
            if (!Control.Flow.IsDelivering)
            {
                return;
            }

            if (origin != EventOrigin.Snapshot)
            {
                if (!_received.TryMove(arrived.Id))
                {
                    return;
                }

                // From here on beginning again would leave a hole.
                _beforeSnapshot = null;
                Lag = _context.Clock.AgeOf(arrived.AppendedMs);
            }

            isFull = Add(
                new EventItem(arrived, origin), bytes, origin == EventOrigin.Snapshot ? null : arrived.Id);
        }

        if (isFull)
        {
            Settle();
        }
    }

    public void OnMessage(ServerMessage message)
    {
        if (message.HasBadPosition)
        {
            throw new RealtimeException(
                ClientErrorCodes.Protocol, $"The cursor of `{message.Op}` holds what is no position.", retry: true);
        }

        if (message.Op == "error")
        {
            if (!Control.TryRetry(message))
            {
                Fail(new RealtimeException(
                    message.Code ?? ClientErrorCodes.Protocol, message.Detail ?? "The subscription was refused.", false));
            }

            Settle();
            return;
        }

        lock (Control.Gate)
        {
            Take(message);
        }

        Settle();
    }

    public bool TryWriteNext(IBufferWriter<byte> output)
    {
        FlowStep step;
        IReadOnlyList<EventPosition>? after;
        lock (Control.Gate)
        {
            step = Control.Flow.Next();
            after = Control.Flow.HasPlace ? _received.Positions : null;
        }

        switch (step)
        {
            case FlowStep.None:
                return false;
            case FlowStep.Subscribe:
                ClientMessages.WriteSubscribe(output, Id, _wanted, after);
                return true;
            default:
                ClientMessages.WriteCommand(output, SubscriptionFlow.NameOf(step), Id);
                Settle();
                return true;
        }
    }

    public void OnDisconnected()
    {
        lock (Control.Gate)
        {
            if (_beforeSnapshot is { } before)
            {
                _received = before;
                Control.Flow.HasPlace = !before.IsEmpty || _wanted.After is not null;
            }
            else if (_snapshotCovers is { } covers)
            {
                _taken.CoverNext(covers.Positions);
            }

            (_beforeSnapshot, _snapshotCovers) = (null, null);
            Control.Flow.OnDisconnected();
        }

        Settle();
    }

    public void Fail(RealtimeException error)
    {
        lock (Control.Gate)
        {
            Control.Flow.End();
            Buffer.Complete(error);
        }

        Settle();
    }

    public void Close()
    {
        lock (Control.Gate)
        {
            Control.Flow.End();
            Buffer.Discard();
        }

        Settle();
    }

    /// <summary>The application wants nothing more; the server is told.</summary>
    public void Leave()
    {
        lock (Control.Gate)
        {
            Control.Flow.Close();
            Buffer.Discard();
        }

        Settle();
    }

    private void Take(ServerMessage message)
    {
        switch (message.Op)
        {
            case "subscribed" when Control.Flow.OnSubscribed():
                Control.Confirmed();
                OnSubscribed(message);
                break;
            case "paused" when Control.Flow.OnPaused():
                Cover(message.Cursor);
                break;
            case "cursor" when Control.Flow.IsDelivering:
                Cover(message.Cursor);
                Lag = TimeSpan.Zero;
                break;
            case "snapshot" when Control.Flow.IsDelivering:
                Cover(message.Cursor);
                OnSnapshotEnd(message.Bytes);
                break;
            case "gap" when Control.Flow.IsDelivering && message.TakeEventGap() is { } gap:
                EventPosition? cursor = message.Cursor.Count > 0 ? message.Cursor[0] : null;
                _received.Adopt(message.Cursor);
                Add(new GapItem(gap), message.Bytes, cursor);
                break;
            case "conflated" when Control.Flow.IsDelivering:
                Add(new ConflatedItem(message.Count ?? 0), message.Bytes, position: null);
                break;
        }
    }

    private void OnSubscribed(ServerMessage message)
    {
        if (_wanted.Snapshot && message.Recovered != true)
        {
            _beforeSnapshot = new Cursor(_received.Positions);
            _snapshotCovers = new Cursor();
        }

        Cover(message.Cursor);
    }

    private void OnSnapshotEnd(int bytes)
    {
        _taken.CoverNext(_snapshotCovers?.Positions ?? []);
        (_beforeSnapshot, _snapshotCovers) = (null, null);
        Add(new SnapshotItem(), bytes, position: null);
    }

    // Everything up to there came or did not match.
    private void Cover(IReadOnlyList<EventPosition> positions)
    {
        _received.Adopt(positions);
        if (_snapshotCovers is { } covers)
        {
            covers.Adopt(positions);
        }
        else
        {
            _taken.CoverNext(positions);
            _taken.CoverIf(Buffer.IsIdle);
        }
    }

    // True: the buffer has just become full.
    private bool Add(SubscriptionItem item, int bytes, EventPosition? position)
    {
        if (_snapshotCovers is { } covers)
        {
            covers.Adopt(position is { } own ? [own] : []);
            Buffer.Add(item, bytes, default);
        }
        else
        {
            Buffer.Add(item, bytes, _taken.PlaceOf(position));
        }

        bool wasFull = Control.Flow.IsBufferFull;
        Control.Flow.IsBufferFull = Buffer.IsFull;
        return !wasFull && Buffer.IsFull;
    }

    private void OnDrained()
    {
        lock (Control.Gate)
        {
            Control.Flow.IsBufferFull = Buffer.IsFull;
        }

        Settle();
    }

    private void Settle() => Control.Settle(this);
}
