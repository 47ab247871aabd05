using System.Buffers;

namespace Realtime.Workers.Delivery;

// What the receive loop learns of what the peer took, and has to answer it.
internal sealed partial class Outbox
{
    private byte[]? _pong;
    private long _answeredTo;
    private long _progress;

    // Marks in what is live have no number of their own: each of them may come back once. Written by one loop each.
    private long _liveMarks;
    private long _liveMarksBack;

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
    /// By the receive loop: a transport-level pong came. Whether it answers a mark that had no answer yet; one that
    /// answers none shows nothing.
    /// </summary>
    public bool TakePong(ReadOnlySpan<byte> payload)
    {
        if (!WebSocketFrames.TryReadMark(payload, out long number))
        {
            return false;
        }

        if (number == 0)
        {
            if (_liveMarksBack == Volatile.Read(ref _liveMarks))
            {
                return false;
            }

            _liveMarksBack++;
            NoteProgress();
            return true;
        }

        if (number <= AnsweredTo)
        {
            return false;
        }

        NoteProgress();
        Volatile.Write(ref _answeredTo, number);
        Signal.Raise();
        return true;
    }

    /// <summary>By the send loop: marks what is live here, so that a pong shows that the peer took it.</summary>
    public void WriteLiveMark(IBufferWriter<byte> output)
    {
        Volatile.Write(ref _liveMarks, _liveMarks + 1);
        format.WriteMark(output, 0);
    }

    /// <summary>By the receive loop: the peer took something.</summary>
    public void NoteProgress() => Volatile.Write(ref _progress, _progress + 1);
}
