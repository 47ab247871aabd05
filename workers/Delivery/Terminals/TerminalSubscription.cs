using Realtime.Log;
using Realtime.Workers.Tail;

namespace Realtime.Workers.Delivery.Terminals;

/// <summary>
/// One viewer of one terminal: a position and a credit. Guarded by the outbox's gate where the receive loop writes it; the rest
/// is owned by the send loop.
/// </summary>
internal sealed class TerminalSubscription(
    string id, TerminalTail tail, TerminalCursor start, int windowBytes, Signal sendLoop)
{
    private long _acknowledged = start.Offset;

    public string Id => id;

    public TerminalTail Tail => tail;

    /// <summary>Whether <c>subscribed</c> went out.</summary>
    public bool Announced { get; set; }

    /// <summary>Where the next byte to be sent stands.</summary>
    public TerminalCursor Position { get; set; } = start;

    /// <summary>The tail's bounds when a read from <see cref="Position"/> last brought nothing: until they change nothing will.</summary>
    public TerminalBounds? NothingAt { get; set; }

    /// <summary>Whether the viewer wants a paused one to go on. Set by the receive loop.</summary>
    public bool IsResumeAsked { get; set; }

    /// <summary>Whether it is paused, and the viewer was told so. Owned by the send loop.</summary>
    public bool IsPaused { get; set; }

    /// <summary>Whether the end was sent; nothing follows.</summary>
    public bool IsEnded { get; set; }

    /// <summary>Whether the viewer was told that the terminal is not there any more.</summary>
    public bool IsToldGone { get; set; }

    /// <summary>The read under way, or finished and not yet taken.</summary>
    public Task<TerminalRead?>? Read { get; set; }

    /// <summary>Timestamp before which no further read is tried.</summary>
    public long RetryAt { get; set; }

    /// <summary>Bytes that may be sent before the viewer acknowledges more; not below 0.</summary>
    public int Credit => (int)Math.Clamp(Volatile.Read(ref _acknowledged) + windowBytes - Position.Offset, 0, windowBytes);

    /// <summary>Has the send loop look whether there is more to send.</summary>
    public void Wake() => sendLoop.Raise();

    /// <summary>
    /// Takes note that bytes up to an offset were shown. An offset that was never sent counts as all that was; an older one than
    /// before changes nothing.
    /// </summary>
    public void Acknowledge(long offset)
    {
        long acknowledged = Math.Min(offset, Position.Offset);
        if (acknowledged > Volatile.Read(ref _acknowledged))
        {
            Volatile.Write(ref _acknowledged, acknowledged);
            Wake();
        }
    }

    /// <summary>Goes on elsewhere, after a gap: credit starts anew.</summary>
    public void MoveTo(TerminalCursor position)
    {
        Position = position;
        Volatile.Write(ref _acknowledged, position.Offset);
    }
}
