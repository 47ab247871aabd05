using Realtime.Protocol;

namespace Realtime.Log.Memory;

/// <summary>
/// What is retained of one terminal: chunks addressed by byte offset, and the resizes between them. Not thread-safe.
/// </summary>
internal sealed class TerminalHistory(TerminalLogOptions options, ByteBudget budget)
{
    private readonly RingBuffer<TerminalChunk> _chunks = new();
    private readonly TerminalSizes _sizes = new(budget);
    private int _records;

    public Epoch Epoch { get; private set; } = Epoch.Create();

    /// <summary>The offset after the last byte.</summary>
    public long End { get; private set; }

    /// <summary>The size now.</summary>
    public TerminalSize? Size => _sizes.Latest;

    private long Start => _chunks.Count > 0 ? _chunks[0].Offset : End;

    /// <summary>Whether it keeps all it may, so that what is appended takes the place of something older.</summary>
    public bool IsAtRetention => End - Start >= options.RetentionBytes || _chunks.Count >= options.ChunksMax;

    public TerminalBounds Bounds(int? exitCode) => new(Epoch, Start, End, exitCode, _records, _sizes.Latest);

    /// <summary>Adds bytes at the end, and removes what is then too much at the start.</summary>
    public void Append(ReadOnlySpan<byte> data, TerminalSource source, long nowMs)
    {
        while (!data.IsEmpty)
        {
            int length = Math.Min(data.Length, LogLimits.TerminalChunkBytesMax);
            _chunks.Add(new TerminalChunk(End, data[..length].ToArray(), source, nowMs));
            budget.Add(ByteBudget.CostOfEntry(length));
            End += length;
            data = data[length..];
        }

        _records = 0;
        Trim();
    }

    /// <summary>From the end on the size is another.</summary>
    public void Resize(TerminalSize size, long nowMs)
    {
        _records++;
        _sizes.Add(new TerminalChunk(End, default, TerminalSource.Stdout, nowMs, size, _records));
    }

    public TerminalRead Read(TerminalCursor place, int bytesMax, int? exitCode)
    {
        TerminalBounds bounds = Bounds(exitCode);
        (ReadOutcome outcome, TerminalCursor start) = place switch
        {
            { Epoch.IsNone: false } when place.Epoch != Epoch => (ReadOutcome.OtherEpoch, At(bounds.Start)),
            _ when place.Offset > bounds.End => (ReadOutcome.NotThere, At(bounds.End)),
            _ when place.Offset < bounds.Start => (ReadOutcome.Trimmed, At(bounds.Start)),
            _ => (ReadOutcome.Whole, place with { Epoch = Epoch }),
        };
        return new TerminalRead
        {
            Outcome = outcome,
            Start = start,
            Size = _sizes.At(start.Offset),
            Bounds = bounds,
            Chunks = WithRecords(start, ChunksFrom(start.Offset, bytesMax)),
        };
    }

    /// <summary>Begins a new life at an offset, without anything before it but the size.</summary>
    public void BeginAt(long offset)
    {
        ClearChunks();
        _sizes.BeginAt(offset);
        _records = 0;
        End = offset;
        Epoch lost = Epoch;
        while (Epoch == lost)
        {
            Epoch = Epoch.Create();
        }
    }

    /// <summary>Gives everything back to the budget.</summary>
    public void Clear()
    {
        ClearChunks();
        _sizes.Clear();
    }

    private TerminalCursor At(long offset) => new(offset, Epoch);

    // Whole chunks go while as many bytes as must be kept stay without them, or there are too many.
    private void Trim()
    {
        while (End - EndOf(_chunks[0]) >= options.RetentionBytes || _chunks.Count > options.ChunksMax)
        {
            budget.Add(-ByteBudget.CostOfEntry(_chunks.RemoveOldest().Data.Length));
        }

        _sizes.TrimTo(Start);
    }

    private void ClearChunks()
    {
        for (int i = 0; i < _chunks.Count; i++)
        {
            budget.Add(-ByteBudget.CostOfEntry(_chunks[i].Data.Length));
        }

        _chunks.Clear();
    }

    private TerminalChunk[] ChunksFrom(long start, int bytesMax)
    {
        int index = IndexOf(start);
        if (index == _chunks.Count)
        {
            return [];
        }

        long until = start + bytesMax;
        int count = 1;
        while (index + count < _chunks.Count && count < LogLimits.TerminalReadChunksMax
            && EndOf(_chunks[index + count]) <= until)
        {
            count++;
        }

        TerminalChunk[] chunks = _chunks.Slice(index, count);
        int skipped = (int)(start - chunks[0].Offset);
        chunks[0] = chunks[0] with { Offset = start, Data = chunks[0].Data[skipped..] };
        return chunks;
    }

    // Puts the resizes where they stand, which is always between two chunks. A read that goes on later takes those
    // that stand at its start.
    private IReadOnlyList<TerminalChunk> WithRecords(TerminalCursor start, TerminalChunk[] chunks)
    {
        int index = _sizes.IndexAfter(start);
        if (!_sizes.TryGet(index, End, out _))
        {
            return chunks;
        }

        List<TerminalChunk> all = [];
        TerminalChunk record;
        foreach (TerminalChunk chunk in chunks)
        {
            for (; _sizes.TryGet(index, chunk.Offset, out record); index++)
            {
                all.Add(record);
            }

            all.Add(chunk);
        }

        if ((chunks.Length == 0 || EndOf(chunks[^1]) == End) && _sizes.TryGet(index, End, out record))
        {
            all.Add(record);
        }

        return all;
    }

    // The chunk that holds the byte at an offset, by bisection; the count if that is the end.
    private int IndexOf(long offset)
    {
        int low = 0;
        int high = _chunks.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = EndOf(_chunks[middle]) <= offset ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private static long EndOf(TerminalChunk chunk) => chunk.Offset + chunk.Data.Length;
}
