namespace Realtime.Workers.Delivery.Terminals;

/// <summary>
/// What of one subscription is on its way: up to which offset each piece reached, how long it was on the wire and when it was
/// sent. Owned by the send loop.
/// </summary>
internal sealed class SentPieces
{
    /// <summary>
    /// Pieces of fewer bytes are counted with the one before, so that a window of single bytes keeps no list of that length.
    /// </summary>
    private const int EntryBytesMin = 1024;

    private readonly Queue<Piece> _pieces = new();
    private Piece _newest;

    private readonly record struct Piece(long Start, long End, int WireBytes, long SentAt);

    /// <summary>Bytes on the wire of all that is on its way.</summary>
    public int WireBytes { get; private set; }

    public void Add(long start, long end, int wireBytes, long now)
    {
        WireBytes += wireBytes;
        if (_newest.WireBytes > 0 && _newest.End == start && end - _newest.Start <= EntryBytesMin)
        {
            _newest = _newest with { End = end, WireBytes = _newest.WireBytes + wireBytes };
            return;
        }

        if (_newest.WireBytes > 0)
        {
            _pieces.Enqueue(_newest);
        }

        _newest = new Piece(start, end, wireBytes, now);
    }

    /// <summary>Forgets what was acknowledged; returns its bytes on the wire, and when the newest of it was sent.</summary>
    public (int WireBytes, long SentAt) Release(long acknowledged)
    {
        int released = 0;
        long sentAt = 0;
        while (_pieces.TryPeek(out Piece piece) && piece.End <= acknowledged)
        {
            _pieces.Dequeue();
            released += piece.WireBytes;
            sentAt = piece.SentAt;
        }

        if (_pieces.Count == 0 && _newest.WireBytes > 0 && _newest.End <= acknowledged)
        {
            released += _newest.WireBytes;
            sentAt = _newest.SentAt;
            _newest = default;
        }

        WireBytes -= released;
        return (released, sentAt);
    }

    /// <summary>Forgets all; returns its bytes on the wire.</summary>
    public int Clear()
    {
        int cleared = WireBytes;
        _pieces.Clear();
        _newest = default;
        WireBytes = 0;
        return cleared;
    }
}
