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
    private readonly Cursor _received;

    private readonly TakenCursor _taken;
    private ValuesRefill? _refill;
    private int _refills;

    public EventFeed(string id, EventSubscriptionOptions wanted, FeedContext context)
    {
        Id = id;
        _wanted = wanted;
        _context = context;
        _filter = LocalFilter.Of(wanted);
        _received = new Cursor(wanted.After ?? []);
        _taken = new TakenCursor(wanted.After ?? []);
        Control = new FeedControl(context);
        Control.Flow.HasPlace = wanted.After is { Count: > 0 };
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

    /// <summary>Takes a live event of the connection: its own if it matches while the server delivers.</summary>
    public void OnLive(AgentEvent live, int bytes)
    {
        if (_filter is not null && _filter.Matches(live.Channel, live.Type, live.Agent, live.Task, live.Project))
        {
            OnReplayed(live, EventOrigin.Live, bytes);
        }
    }

    public void OnReplayed(AgentEvent arrived, EventOrigin origin, int bytes)
    {
        bool isFull = false;
        lock (Control.Gate)
        {
            if (Control.Flow.IsDelivering && (origin == EventOrigin.Snapshot || _received.TryMove(arrived.Id)))
            {
                Lag = origin == EventOrigin.Snapshot ? Lag : _context.Clock.AgeOf(arrived.AppendedMs);
                isFull = Add(
                    new EventItem(arrived, origin), bytes, origin == EventOrigin.Snapshot ? null : arrived.Id);
            }
        }

        if (isFull)
        {
            Settle();
        }
    }

    /// <summary>A value that was asked for anew, whatever the server does with this subscription meanwhile.</summary>
    public void OnRefilled(AgentEvent value, int bytes)
    {
        lock (Control.Gate)
        {
            Add(new EventItem(value, EventOrigin.Snapshot), bytes, position: null);
        }

        Settle();
    }

    /// <summary>The values that were asked for anew are complete.</summary>
    public void OnRefillEnd(int bytes)
    {
        lock (Control.Gate)
        {
            if (_taken.IsHeld)
            {
                OnSnapshotEnd(bytes);
            }
        }

        Settle();
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
            if (!Control.TryRetry(message.Retry))
            {
                Fail(new RealtimeException(
                    message.Code ?? ClientErrorCodes.Protocol, message.Detail ?? "The subscription was refused.",
                    retry: false));
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
            _refill = null;
            Control.Flow.OnDisconnected();
        }

        Settle();
    }

    public void Fail(RealtimeException error) => Finish(() =>
    {
        Control.Fail(error);
        Buffer.Complete(error);
    });

    public void Close() => Finish(() =>
    {
        Control.Flow.End();
        Buffer.Discard();
    });

    /// <summary>The application wants nothing more; the server is told.</summary>
    public void Leave() => Finish(() =>
    {
        Control.Flow.Close();
        Buffer.Discard();
    });

    private void Finish(Action finish)
    {
        lock (Control.Gate)
        {
            StopRefill();
            finish();
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
            _taken.Hold();
            StopRefill();
        }

        Cover(message.Cursor);

        // What was promised before a break, or a pause; the server sees nothing lost, and does not send it again.
        if (_taken.IsHeld && message.Recovered == true && _refill is null)
        {
            _refill = new ValuesRefill($"{Id}.values{++_refills}", _wanted, this, _context);
            _context.Registry.Add(_refill);
        }
    }

    private void OnSnapshotEnd(int bytes)
    {
        _taken.Release();
        StopRefill();
        Add(new SnapshotItem(), bytes, position: null);
    }

    private void StopRefill()
    {
        _refill?.Leave();
        _refill = null;
    }

    // Everything up to there came or did not match.
    private void Cover(IReadOnlyList<EventPosition> positions)
    {
        _received.Adopt(positions);
        _taken.CoverNext(positions);
        _taken.CoverIf(Buffer.IsIdle);
    }

    // True: the buffer has just become full.
    private bool Add(SubscriptionItem item, int bytes, EventPosition? position)
    {
        Buffer.Add(item, bytes, _taken.PlaceOf(position));
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
