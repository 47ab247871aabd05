namespace Realtime.Loadtests.Terminals;

/// <summary>Whether the bytes of a terminal arrive whole, once and in order at one viewer. One owner, no
/// lock.</summary>
internal sealed class OffsetCheck
{
    private long _next;

    /// <summary>Begins with the byte at an offset.</summary>
    public OffsetCheck(long start) => (Start, _next) = (start, start);

    /// <summary>Where it began.</summary>
    public long Start { get; private set; }

    /// <summary>The offset behind the last byte that came, or was told to be gone.</summary>
    public long Next => Volatile.Read(ref _next);

    /// <summary>Bytes that came and were expected.</summary>
    public long Received { get; private set; }

    /// <summary>Bytes that were left out without a word.</summary>
    public long Skipped { get; private set; }

    /// <summary>Bytes that came again, or too late.</summary>
    public long Repeated { get; private set; }

    /// <summary>Bytes that were told to be gone.</summary>
    public long Announced { get; private set; }

    /// <summary>Where the last gap ended; 0 if there was none.</summary>
    public long GapEnd { get; private set; }

    /// <summary>Delivery begins here.</summary>
    public void Begin(long offset)
    {
        Start = offset;
        Volatile.Write(ref _next, offset);
    }

    /// <summary>Takes the bytes of a message.</summary>
    public void Take(long offset, int length)
    {
        long next = _next;
        if (offset > next)
        {
            Skipped += offset - next;
        }

        long repeated = Math.Clamp(next - offset, 0, length);
        Repeated += repeated;
        Received += length - repeated;
        Volatile.Write(ref _next, Math.Max(next, offset + length));
    }

    /// <summary>Takes a gap: what stands before <paramref name="resumesAt"/> will not come.</summary>
    public void TakeGap(long resumesAt)
    {
        if (resumesAt > _next)
        {
            Announced += resumesAt - _next;
            GapEnd = resumesAt;
            Volatile.Write(ref _next, resumesAt);
        }
    }

    /// <summary>Of the bytes before <paramref name="end"/>, those that neither came nor were told to be gone.</summary>
    public long MissingUpTo(long end) => Skipped + Math.Max(0, end - _next);
}
