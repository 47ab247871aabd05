namespace Realtime.Workers.Delivery;

// What the receive loop learns of what the peer took, and has to answer it.
internal sealed partial class Outbox
{
    private byte[]? _pong;
    private long _answeredTo;
    private long _progress;

    /// <summary>The number of the newest mark that came back. Written by the receive loop.</summary>
    public long AnsweredTo => Volatile.Read(ref _answeredTo);

    /// <summary>
    /// Changes whenever the peer shows that it took something: a mark came back, or bytes were acknowledged. What it
    /// says of itself shows nothing: who speaks need not read. Written by the receive loop.
    /// </summary>
    public long Progress => Volatile.Read(ref _progress);

    /// <summary>Has a transport-level ping answered; only the latest unanswered one matters (RFC 6455, section
    /// 5.5.3).</summary>
    public void PostPong(byte[] payload)
    {
        lock (Gate)
        {
            _pong = payload;
        }

        Signal.Raise();
    }

    /// <summary>
    /// By the receive loop: a transport-level pong came. Whether it answers a mark that had no answer yet.
    /// </summary>
    public bool TakePong(ReadOnlySpan<byte> payload)
    {
        if (!WebSocketFrames.TryReadMark(payload, out long number))
        {
            return false;
        }

        NoteProgress();
        if (number <= AnsweredTo)
        {
            return false;
        }

        Volatile.Write(ref _answeredTo, number);
        Signal.Raise();
        return true;
    }

    /// <summary>By the receive loop: the peer took something.</summary>
    public void NoteProgress() => Volatile.Write(ref _progress, _progress + 1);
}
