using Realtime.Log;
using Realtime.Protocol;
using Realtime.Workers.Tail;

namespace Realtime.Workers.Delivery.Terminals;

/// <summary>
/// One viewer of one terminal: a position and a credit. What the receive loop and the tail write is volatile or
/// guarded; the rest is owned by the send loop.
/// </summary>
internal sealed class TerminalSubscription(
    string id, TerminalTail tail, TerminalCursor start, int windowBytes, Signal sendLoop)
{
    /// <summary>It does not wait for the tail.</summary>
    public const long NotParked = -1;

    /// <summary>It waits until the tail knows anything new.</summary>
    public const long ParkedForAnything = -2;

    // Guards the position's changes and what was acknowledged of it: one without the other would be credit that nobody
    // has.
    private readonly Lock _gate = new();
    private TerminalCursor _position = start;
    private long _acknowledged = start.Offset;
    private bool _hasMoved;
    private long _parkedAt = NotParked;
    private volatile bool _isResumeAsked;

    public string Id => id;

    public TerminalTail Tail => tail;

    /// <summary>Whether <c>subscribed</c> went out.</summary>
    public bool Announced { get; set; }

    /// <summary>The size of the screen where it stands, as it was told; null if it isn't known.</summary>
    public TerminalSize? Size { get; set; }

    /// <summary>Where what is to be sent next stands.</summary>
    public TerminalCursor Position
    {
        get => _position;
        set
        {
            lock (_gate)
            {
                _position = value;
            }
        }
    }

    /// <summary>
    /// The offset of the live byte that it waits for, or one of the constants here. Also set by the tail, which wakes
    /// it.
    /// </summary>
    public long ParkedAt
    {
        get => Volatile.Read(ref _parkedAt);
        set => Interlocked.Exchange(ref _parkedAt, value);
    }

    /// <summary>Whether the viewer wants a paused one to go on. Set by the receive loop.</summary>
    public bool IsResumeAsked
    {
        get => _isResumeAsked;
        set => _isResumeAsked = value;
    }

    /// <summary>Whether it is paused, and the viewer was told so. Owned by the send loop.</summary>
    public bool IsPaused { get; set; }

    /// <summary>Whether the end was sent; nothing follows.</summary>
    public bool IsEnded { get; set; }

    /// <summary>Whether the viewer was told that the terminal is not there any more.</summary>
    public bool IsToldGone { get; set; }

    /// <summary>The batch being sent, in slices or until there is credit for it.</summary>
    public TerminalBatch? Batch { get; set; }

    /// <summary>The read of history under way, or finished and not yet taken.</summary>
    public Task<TerminalFetch>? Fetch { get; set; }

    /// <summary>The question what became of the position, under way or answered and not yet taken.</summary>
    public Task<TerminalRead?>? Question { get; set; }

    /// <summary>Timestamp before which no further read is tried.</summary>
    public long RetryAt { get; set; }

    /// <summary>Timestamp until which it waits for anything new, at most.</summary>
    public long ParkedUntil { get; set; }

    /// <summary>Timestamp since which there is credit for less than a slice; 0 if there is more, or none.</summary>
    public long ShortSince { get; set; }

    /// <summary>Whether it waits for credit, and that was counted.</summary>
    public bool IsStalled { get; set; }

    /// <summary>What goes into each shared message to make it this subscription's, and for which form it was
    /// made.</summary>
    public (TerminalForm Form, byte[] Bytes)? Opening { get; set; }

    /// <summary>What is on its way to the viewer.</summary>
    public SentPieces Sent { get; } = new();

    /// <summary>The offset up to which bytes were shown.</summary>
    public long Acknowledged => Volatile.Read(ref _acknowledged);

    /// <summary>Bytes that may be sent before the viewer acknowledges more; not below 0.</summary>
    public int Credit => (int)Math.Clamp(Acknowledged + windowBytes - Position.Offset, 0, windowBytes);

    /// <summary>Has the send loop look whether there is more to send.</summary>
    public void Wake() => sendLoop.Raise();

    /// <summary>By the tail: there is something new for who waits.</summary>
    public void Unpark()
    {
        if (Interlocked.Exchange(ref _parkedAt, NotParked) != NotParked)
        {
            Wake();
        }
    }

    /// <summary>
    /// Takes note that bytes up to an offset were shown. One of another epoch, or older than before, changes nothing.
    /// One that was never sent counts as all that was; but after a gap, without an epoch, it is of what was before the
    /// gap.
    /// </summary>
    public void Acknowledge(long offset, Epoch epoch)
    {
        lock (_gate)
        {
            bool isOther = epoch.IsNone ? _hasMoved && offset > _position.Offset : epoch != _position.Epoch;
            long acknowledged = Math.Min(offset, _position.Offset);
            if (isOther || acknowledged <= _acknowledged)
            {
                return;
            }

            Volatile.Write(ref _acknowledged, acknowledged);
        }

        Wake();
    }

    /// <summary>A paused viewer keeps a position, and nothing else.</summary>
    public void LetGo()
    {
        Batch = null;
        ParkedAt = NotParked;
        if (Fetch is { IsCompleted: true } fetch)
        {
            _ = fetch.Exception;
            Fetch = null;
        }
    }

    /// <summary>Goes on elsewhere, after a gap: credit starts anew.</summary>
    public void MoveTo(TerminalCursor position)
    {
        Batch = null;
        lock (_gate)
        {
            // Records there are told again, which is harmless.
            _position = position with { Records = 0 };
            _hasMoved = true;
            Volatile.Write(ref _acknowledged, position.Offset);
        }
    }
}
