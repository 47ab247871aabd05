namespace Realtime.Log.Memory;

/// <summary>The resizes of one terminal, oldest first, at most one at an offset. Not thread-safe.</summary>
internal sealed class TerminalSizes(ByteBudget budget)
{
    private readonly List<TerminalChunk> _records = [];

    /// <summary>The size now.</summary>
    public TerminalSize? Latest => _records.Count > 0 ? _records[^1].Size : null;

    /// <summary>The size in effect for the byte at an offset.</summary>
    public TerminalSize? At(long offset) =>
        CountUntil(offset) is var count and > 0 ? _records[count - 1].Size : null;

    /// <summary>Adds a record at the terminal's end, in place of one that is there.</summary>
    public void Add(TerminalChunk record)
    {
        if (_records.Count > 0 && _records[^1].Offset == record.Offset)
        {
            _records[^1] = record;
            return;
        }

        _records.Add(record);
        budget.Add(ByteBudget.CostOfEntry(0));
        if (_records.Count > LogLimits.TerminalSizesMax)
        {
            Remove(1, 1);
        }
    }

    /// <summary>Forgets what is older than the size in effect at an offset.</summary>
    public void TrimTo(long start) => Remove(0, Math.Max(0, CountUntil(start) - 1));

    /// <summary>The terminal begins anew at an offset; it still has the size that it had.</summary>
    public void BeginAt(long offset)
    {
        if (_records.Count > 0)
        {
            Remove(0, _records.Count - 1);
            _records[0] = _records[0] with { Offset = offset, Record = 0 };
        }
    }

    public void Clear() => Remove(0, _records.Count);

    /// <summary>The index of the first record behind a position.</summary>
    public int IndexAfter(TerminalCursor position)
    {
        int count = CountUntil(position.Offset);
        return count > 0 && _records[count - 1] is var last
            && last.Offset == position.Offset && last.Record > position.Records
            ? count - 1
            : count;
    }

    /// <summary>The record at an index, if there is one and it stands at or before an offset.</summary>
    public bool TryGet(int index, long until, out TerminalChunk record)
    {
        record = index < _records.Count ? _records[index] : default;
        return index < _records.Count && record.Offset <= until;
    }

    // How many stand at or before an offset, by bisection.
    private int CountUntil(long offset)
    {
        int low = 0;
        int high = _records.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = _records[middle].Offset <= offset ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private void Remove(int index, int count)
    {
        _records.RemoveRange(index, count);
        budget.Add(-count * ByteBudget.CostOfEntry(0));
    }
}
