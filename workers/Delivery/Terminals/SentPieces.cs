namespace Realtime.Workers.Delivery.Terminals;

/// <summary>
/// What of one subscription is on its way: up to which offset each piece reached, and how it was sent. Owned by the
/// send loop.
/// </summary>
internal sealed class SentPieces
{
    /// <summary>Pieces that are shorter on the wire are counted with the one before.</summary>
    private const int EntryWireBytesMin = 1024;

    /// <summary>So many are kept apart; who acknowledges nothing at all needs no more.</summary>
    private const int EntriesMax = 1024;

    private readonly Queue<Piece> _pieces = new();
    private Piece? _newest;

    private readonly record struct Piece(long Start, long End, int WireBytes, Sending Sending);

    /// <summary>Where the last one ends in the order of the connection; 0 if nothing is on its way.</summary>
    public long LastEndsAt => _newest?.Sending.EndsAt ?? 0;

    public void Add(long start, long end, int wireBytes, Sending sending)
    {
        if (_newest is { } newest)
        {
            int together = newest.WireBytes + wireBytes;
            if (newest.End == start && (together <= EntryWireBytesMin || _pieces.Count >= EntriesMax))
            {
                // When the last of them is acknowledged is what tells; it was not alone.
                _newest = newest with { End = end, WireBytes = together, Sending = sending };
                return;
            }

            _pieces.Enqueue(newest);
        }

        _newest = new Piece(start, end, wireBytes, sending);
    }

    /// <summary>
    /// Forgets what was acknowledged, and what is known to have arrived anyway; returns the newest of what was
    /// forgotten, if anything.
    /// </summary>
    public Sending? Release(long acknowledged, long goneTo)
    {
        Sending? released = null;
        while (_pieces.TryPeek(out Piece piece) && IsDone(piece))
        {
            _pieces.Dequeue();
            released = piece.Sending;
        }

        if (_pieces.Count == 0 && _newest is { } newest && IsDone(newest))
        {
            released = newest.Sending;
            _newest = null;
        }

        return released;

        bool IsDone(Piece piece) => piece.End <= acknowledged || piece.Sending.EndsAt <= goneTo;
    }

    /// <summary>Forgets all: nobody will acknowledge it.</summary>
    public void Clear()
    {
        _pieces.Clear();
        _newest = null;
    }
}
