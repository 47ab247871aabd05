using System.Buffers;
using Realtime.Client.Wire;
using Realtime.Protocol;
using Realtime.Protocol.Messages;

namespace Realtime.Client.Subscriptions;

/// <summary>
/// One subscription to a terminal. Its bytes follow each other exactly; what the application has taken is acknowledged,
/// which is what lets the server send more.
/// </summary>
internal sealed class TerminalFeed : IFeed
{
    private readonly FeedContext _context;
    private readonly TerminalFrom _from;
    private (Epoch Epoch, long Offset)? _received;
    private (Epoch Epoch, long Offset)? _taken;
    private readonly Acknowledgement _acknowledgement;
    private (int Columns, int Rows)? _size;

    public TerminalFeed(string id, string task, TerminalOptions options, FeedContext context)
    {
        Id = id;
        Task = task;
        _from = options.From;
        _context = context;
        Control = new FeedControl(context);
        _acknowledgement = new Acknowledgement(context.Options.TimeProvider, Control.Gate, context.Wake);
        Buffer = new ItemBuffer<TerminalItem, (Epoch Epoch, long Offset)?>(
            Control.Gate, context.Options.BufferItems, context.Options.BufferBytes, OnTaken, OnDrained);
    }

    public string Id { get; }

    public string Task { get; }

    public FeedControl Control { get; }

    public ItemBuffer<TerminalItem, (Epoch Epoch, long Offset)?> Buffer { get; }

    /// <summary>What the application has taken; null before the server has said where it begins.</summary>
    public TerminalFrom? Position
    {
        get
        {
            lock (Control.Gate)
            {
                return _taken is { } taken
                    ? new TerminalFrom(TerminalFromKind.Offset, taken.Offset, taken.Epoch)
                    : null;
            }
        }
    }

    public void OnMessage(ServerMessage message)
    {
        if (message.Op == "error")
        {
            if (!Control.TryRetry(message.Retry))
            {
                Fail(new RealtimeException(
                    message.Code ?? ClientErrorCodes.Protocol, message.Detail ?? "The terminal was refused.", false));
            }
        }
        else
        {
            lock (Control.Gate)
            {
                Take(message);
            }
        }

        Control.Settle(this);
    }

    /// <summary>A terminal has no events: not meant for it.</summary>
    public void OnReplayed(AgentEvent arrived, EventOrigin origin, int bytes)
    {
    }

    public bool TryWriteNext(IBufferWriter<byte> output)
    {
        FlowStep step;
        TerminalFrom from;
        (long Offset, Epoch Epoch)? acknowledged = null;
        lock (Control.Gate)
        {
            step = Control.Flow.Next();
            from = _received is { } place ? new(TerminalFromKind.Offset, place.Offset, place.Epoch) : _from;
            if (step == FlowStep.None && Control.Flow.IsDelivering)
            {
                acknowledged = _acknowledgement.TakeDue() is { } due ? (due, _received!.Value.Epoch) : null;
            }
        }

        switch (step)
        {
            case FlowStep.None when acknowledged is { } ack:
                ClientMessages.WriteAck(output, Id, ack.Offset, ack.Epoch);
                return true;
            case FlowStep.None:
                return false;
            case FlowStep.Subscribe:
                ClientMessages.WriteSubscribeTerminal(output, Id, Task, from.ToString());
                return true;
            default:
                ClientMessages.WriteCommand(output, SubscriptionFlow.NameOf(step), Id);
                Control.Settle(this);
                return true;
        }
    }

    public void OnDisconnected()
    {
        lock (Control.Gate)
        {
            Control.Flow.OnDisconnected();
        }

        Control.Settle(this);
    }

    public void Fail(RealtimeException error)
    {
        lock (Control.Gate)
        {
            Control.Fail(error);
            _acknowledgement.End();
            Buffer.Complete(error);
        }

        Control.Settle(this);
    }

    public void Close()
    {
        lock (Control.Gate)
        {
            Control.Flow.End();
            _acknowledgement.End();
            Buffer.Discard();
        }

        Control.Settle(this);
    }

    /// <summary>The application wants nothing more; the server is told.</summary>
    public void Leave()
    {
        lock (Control.Gate)
        {
            Control.Flow.Close();
            _acknowledgement.End();
            Buffer.Discard();
        }

        Control.Settle(this);
    }

    private void Take(ServerMessage message)
    {
        switch (message.Op)
        {
            case "subscribed":
                bool isResumed = Control.Flow.Phase is FlowPhase.Resuming;
                if (Control.Flow.OnSubscribed())
                {
                    Control.Confirmed();
                    OnSubscribed(message, isResumed);
                }

                break;
            case "paused":
                Control.Flow.OnPaused();
                break;
            case "gap" when Control.Flow.IsDelivering:
                OnGap(message);
                break;
            case "terminal" when Control.Flow.IsDelivering:
                OnBytes(message);
                break;
        }
    }

    private void OnSubscribed(ServerMessage message, bool isResumed)
    {
        (Epoch Epoch, long Offset) beginning = TerminalFields.Beginning(message);
        _received ??= beginning;
        _taken ??= _received;
        if (!isResumed)
        {
            // The server counts what it has sent from here. After a pause it counts on, with what still waits here.
            _acknowledgement.Begin(beginning.Offset);
        }

        OnSize(message);
    }

    private void OnGap(ServerMessage message)
    {
        TerminalFrom resumesAt = TerminalFields.ResumesAt(message);
        TerminalFrom after = TerminalFrom.TryParse(message.After, out TerminalFrom told) ? told : TerminalFrom.Start;
        _received = (resumesAt.Epoch, resumesAt.Value);

        // The server counts anew from there: what was taken before says nothing about it.
        _acknowledgement.Begin(resumesAt.Value);
        Buffer.Add(new TerminalGapItem(after, resumesAt, message.Missing, message.GapReason), 0, _received);
    }

    private void OnBytes(ServerMessage message)
    {
        (Epoch epoch, long offset, byte[] data) = TerminalFields.Bytes(message);
        (Epoch Epoch, long Offset) received = _received!.Value;
        if (epoch != received.Epoch || offset > received.Offset)
        {
            throw TerminalFields.Violation(FormattableString.Invariant(
                $"Terminal bytes at {offset}.{epoch} follow {received.Offset}.{received.Epoch}, and no gap says why."));
        }

        // What came before the connection broke comes again at most up to where it was cut.
        long seen = received.Offset - offset;
        if (seen < data.Length)
        {
            ReadOnlyMemory<byte> fresh = data.AsMemory((int)seen);
            _received = (epoch, offset + data.Length);
            Buffer.Add(
                new TerminalBytesItem(epoch, received.Offset, fresh, message.TerminalStream), fresh.Length, _received);
            Control.Flow.IsBufferFull = Buffer.IsFull;
        }

        OnSize(message);
        if (message.ExitCode is { } exitCode)
        {
            Buffer.Add(new TerminalEndItem(exitCode), 0, _received);
            Buffer.Complete();
            Control.Flow.Close();
            _acknowledgement.End();
        }
    }

    // Told again where it resumes, so that a change there is not missed: once is enough for the application.
    private void OnSize(ServerMessage message)
    {
        if (TerminalFields.Size(message) is { } size && size != _size)
        {
            _size = size;
            Buffer.Add(new TerminalResizeItem(size.Columns, size.Rows), 0, _received);
        }
    }

    // Runs on the application's thread, under the gate.
    private void OnTaken((Epoch Epoch, long Offset)? place)
    {
        _taken = place ?? _taken;
        if (_taken is { } taken && taken.Epoch == _received?.Epoch)
        {
            _acknowledgement.Take(taken.Offset, _context.TerminalWindowBytes);
        }
    }

    private void OnDrained()
    {
        lock (Control.Gate)
        {
            Control.Flow.IsBufferFull = Buffer.IsFull;
        }

        Control.Settle(this);
    }
}
