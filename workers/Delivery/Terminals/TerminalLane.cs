using System.Buffers;
using Realtime.Log;
using Realtime.Workers.Tail;

namespace Realtime.Workers.Delivery.Terminals;

/// <summary>
/// The bulk lane of one connection: terminals in turn, each read only as far as its viewer has credit for, all together
/// only as fast as acknowledgements come. Owned by the send loop, but for adding and removing.
/// </summary>
internal sealed partial class TerminalLane(
    Outbox outbox, DeliveryOptions options, DeliveryMetrics metrics, TimeProvider clock)
    : IDisposable
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(500);

    private readonly TerminalNotices _notices = new(outbox.Format, metrics);
    private readonly TerminalWriter _writer = new(outbox.Format);
    private readonly BulkFlow _flow = new(options, metrics, clock);
    private readonly WakeTimer _wake = new(outbox.Signal, clock);
    private List<TerminalSubscription> _subscriptions = [];
    private List<TerminalSubscription> _removed = [];
    private int _turn;
    private int _written;

    public int WindowBytes => options.TerminalWindowBytes;

    /// <summary>What is in flight.</summary>
    public BulkFlow Flow => _flow;

    /// <summary>The client reads LZ4. Called by the receive loop.</summary>
    public void UseLz4() => _writer.UseLz4();

    public void Add(TerminalSubscription subscription)
    {
        lock (outbox.Gate)
        {
            _subscriptions = [.. _subscriptions, subscription];
        }

        subscription.Tail.Watch(subscription);
        subscription.Wake();
    }

    public void Remove(TerminalSubscription subscription)
    {
        lock (outbox.Gate)
        {
            _subscriptions = [.. _subscriptions.Where(other => other != subscription)];
            _removed = [.. _removed, subscription];
        }

        subscription.Tail.Unwatch(subscription);
        subscription.Wake();
    }

    /// <summary>
    /// Steps of the next terminals that can make one, about a slice in all; false if none can before the send loop is
    /// woken.
    /// </summary>
    public bool Step(IBufferWriter<byte> output)
    {
        // First: who is forgotten must not be in the list that is stepped, or would never be forgotten again.
        ForgetRemoved();
        List<TerminalSubscription> subscriptions = Volatile.Read(ref _subscriptions);
        _written = 0;
        bool stepped = false;
        for (int i = 0; i < subscriptions.Count && _written < _flow.SliceBytes; i++)
        {
            _turn = (_turn + 1) % subscriptions.Count;
            stepped |= Step(subscriptions[_turn], output);
        }

        return stepped;
    }

    public void Dispose()
    {
        _wake.Dispose();
        _flow.Dispose();
    }

    private bool Step(TerminalSubscription subscription, IBufferWriter<byte> output)
    {
        if (subscription.IsPaused)
        {
            if (!subscription.IsResumeAsked)
            {
                subscription.LetGo();
                return false;
            }

            // Answered as if it began here: what comes from now on belongs to it again.
            subscription.IsPaused = false;
            subscription.Announced = false;
        }

        if (!subscription.Announced)
        {
            _notices.WriteSubscribed(subscription, output);
            subscription.Announced = true;
            return true;
        }

        if (subscription.IsEnded)
        {
            return false;
        }

        if (subscription.Question is { IsCompleted: true } question)
        {
            subscription.Question = null;
            return TakeAnswer(subscription, question, output);
        }

        if (subscription.Fetch is { IsCompleted: true } fetch)
        {
            subscription.Fetch = null;
            if (!TakeFetched(subscription, fetch))
            {
                return true;
            }
        }

        if (subscription.Fetch is not null || subscription.Question is not null)
        {
            return false;
        }

        if (subscription.ParkedAt == TerminalSubscription.ParkedForAnything
            && !_wake.MustWait(subscription.ParkedUntil))
        {
            subscription.ParkedAt = TerminalSubscription.NotParked;
        }

        return subscription.ParkedAt == TerminalSubscription.NotParked
            && !_wake.MustWait(subscription.RetryAt)
            && GoOn(subscription, output);
    }

    private bool GoOn(TerminalSubscription subscription, IBufferWriter<byte> output)
    {
        TerminalKnown known = subscription.Tail.Known;
        TerminalCursor position = subscription.Position;
        if (known.Bounds is not { } bounds)
        {
            return TellGone(subscription, known, output);
        }

        if (!IsWithin(position, bounds))
        {
            subscription.Question = subscription.Tail.AskAsync(position);
            subscription.Question.GetAwaiter().UnsafeOnCompleted(outbox.Signal.Raise);
            return false;
        }

        subscription.IsToldGone = false;
        if (!known.HasMore(position))
        {
            if (bounds.ExitCode is { } exitCode)
            {
                subscription.IsEnded = true;
                _writer.WriteEnd(subscription, exitCode, output);
                return true;
            }

            return !subscription.Tail.TryPark(subscription, known);
        }

        // A record at the end costs no credit.
        if (position.Offset < bounds.End && !MayGoOn(subscription, bounds.End - position.Offset))
        {
            // What is in memory for all may go meanwhile: this viewer keeps a position, and nothing else.
            subscription.Batch = null;
            return false;
        }

        if ((subscription.Batch ?? subscription.Tail.Find(position)) is { } batch)
        {
            if (batch.Offset == position.Offset && batch.Record > position.Records)
            {
                subscription.Batch = batch.Length > 0 ? batch : null;
                TellSize(subscription, batch.Size!.Value, output);
                subscription.Position = position with { Records = batch.Record };
            }
            else
            {
                Send(subscription, batch, output);
            }

            return true;
        }

        if (position.Offset == bounds.End || !known.IsHistory(position.Offset))
        {
            return !subscription.Tail.TryPark(subscription, known);
        }

        subscription.Fetch = subscription.Tail.ReadHistoryAsync(position, subscription.Credit);
        subscription.Fetch.GetAwaiter().UnsafeOnCompleted(outbox.Signal.Raise);
        return false;
    }

    private static bool IsWithin(TerminalCursor position, TerminalBounds bounds) =>
        position.Epoch == bounds.Epoch && position.Offset >= bounds.Start && position.Offset <= bounds.End;

    private void TellSize(TerminalSubscription subscription, TerminalSize size, IBufferWriter<byte> output)
    {
        subscription.Size = size;
        _writer.WriteResize(subscription, size, output);
    }

    private void Send(TerminalSubscription subscription, TerminalBatch batch, IBufferWriter<byte> output)
    {
        long start = subscription.Position.Offset;
        int wireBytes = _writer.WritePiece(subscription, batch, _flow.NextSliceBytes, output);
        subscription.Sent.Add(start, subscription.Position.Offset, wireBytes, _flow.Sent(wireBytes));
        subscription.Batch = batch.Holds(subscription.Position) ? batch : null;
        _written += wireBytes;
        metrics.TerminalSent(subscription.Position.Offset - start, wireBytes);
    }

    private bool MayGoOn(TerminalSubscription subscription, long waiting) =>
        HasCredit(subscription, (int)Math.Min(waiting, TerminalBatch.SliceBytesMin)) && MaySend();

    /// <summary>
    /// Whether there is credit for a slice, or for all that there is. For less nothing is cut off, unless the viewer
    /// leaves it at that: then it is sent too.
    /// </summary>
    private bool HasCredit(TerminalSubscription subscription, int wanted)
    {
        int credit = subscription.Credit;
        if (credit == 0 || credit >= wanted)
        {
            subscription.ShortSince = 0;
            NoteCredit(subscription, isThere: credit > 0);
            return credit > 0;
        }

        if (subscription.ShortSince == 0)
        {
            subscription.ShortSince = clock.GetTimestamp();
        }

        return !_wake.MustWait(
            subscription.ShortSince + (long)(options.BulkPatience.TotalSeconds * clock.TimestampFrequency));
    }

    private void NoteCredit(TerminalSubscription subscription, bool isThere)
    {
        if (!isThere && !subscription.IsStalled)
        {
            metrics.CreditStalled();
        }

        subscription.IsStalled = !isThere;
    }

    private bool MaySend()
    {
        if (_flow.MaySend())
        {
            return true;
        }

        _flow.WasLimited();
        if (_wake.MustWait(_flow.OverdueAt))
        {
            return false;
        }

        _flow.Overdue();
        return true;
    }
}
