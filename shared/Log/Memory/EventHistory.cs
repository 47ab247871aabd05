using Realtime.Protocol;

namespace Realtime.Log.Memory;

/// <summary>
/// The entries of one event stream, its epoch and its counter. Says what became of a cursor. Not thread-safe: its
/// <see cref="EventStreamStore"/> holds the lock.
/// </summary>
internal sealed class EventHistory(ByteBudget budget)
{
    private readonly RingBuffer<LogEntry> _entries = new();
    private Epoch _previous;
    private EntryId _parted;

    public Epoch Epoch { get; private set; } = Epoch.Create();

    public EntryId Last { get; private set; }

    /// <summary>Envelope bytes retained.</summary>
    public long Bytes { get; private set; }

    public int Count => _entries.Count;

    public StreamCursor End => new(Last, Epoch);

    // The offset of the first entry retained; that of the next one to come if none is.
    private long FirstOffset => Last.Offset - _entries.Count + 1;

    private EntryId BeforeFirst => _entries.Count == 0
        ? Last
        : new EntryId(_entries[0].Id.Ms, _entries[0].Id.Offset - 1);

    public StreamCursor Append(long nowMs, ReadOnlyMemory<byte> envelope)
    {
        Last = new EntryId(Math.Max(nowMs, Last.Ms), Last.Offset + 1);
        _entries.Add(new LogEntry(Last, envelope));
        Bytes += envelope.Length;
        budget.Add(ByteBudget.CostOfEntry(envelope.Length));
        return End;
    }

    /// <summary>
    /// Removes what is older, more or larger than allowed; but by number and size never the newest entry.
    /// </summary>
    /// <returns>How many entries went.</returns>
    public int Trim(long oldestMs, int entriesMax, long bytesMax)
    {
        int before = _entries.Count;
        while (_entries.Count > 0 && (_entries[0].Id.Ms < oldestMs
            || (_entries.Count > 1 && (_entries.Count > entriesMax || Bytes > bytesMax))))
        {
            int length = _entries.RemoveOldest().Envelope.Length;
            Bytes -= length;
            budget.Add(-ByteBudget.CostOfEntry(length));
        }

        return before - _entries.Count;
    }

    /// <summary>
    /// What the trimming that follows an append of so many entries and bytes will give back, at most.
    /// </summary>
    public long CostFreedBy(int entries, long bytes, int entriesMax, long bytesMax)
    {
        long freed = 0;
        long bytesOver = Bytes + bytes - bytesMax;
        int entriesOver = _entries.Count + entries - entriesMax;
        for (int i = 0; i < _entries.Count && (i < entriesOver || bytesOver > 0); i++)
        {
            int length = _entries[i].Envelope.Length;
            bytesOver -= length;
            freed += ByteBudget.CostOfEntry(length);
        }

        return freed;
    }

    public EventRead Read(StreamCursor after, ReadLimit limit, long nowMs)
    {
        (ReadOutcome outcome, EntryId start, long? missing) = Resolve(after);
        int index = (int)(start.Offset + 1 - FirstOffset);
        int count = 0;
        for (long bytes = 0; index + count < _entries.Count && count < limit.Entries; count++)
        {
            bytes += _entries[index + count].Envelope.Length;
            if (bytes > limit.Bytes && count > 0)
            {
                break;
            }
        }

        return new EventRead
        {
            Outcome = outcome,
            Start = new StreamCursor(start, Epoch),
            Missing = missing,
            Last = Last,
            NowMs = Math.Max(nowMs, Last.Ms),
            Entries = _entries.Slice(index, count),
        };
    }

    public EventReadBack ReadBack(StreamCursor? before, ReadLimit limit)
    {
        (ReadOutcome outcome, int end) =
            before is { } place ? ResolveBefore(place) : (ReadOutcome.Whole, _entries.Count);
        int count = 0;
        for (long bytes = 0; count < end && count < limit.Entries; count++)
        {
            bytes += _entries[end - count - 1].Envelope.Length;
            if (bytes > limit.Bytes && count > 0)
            {
                break;
            }
        }

        LogEntry[] entries = _entries.Slice(end - count, count);
        Array.Reverse(entries);
        return new EventReadBack { Outcome = outcome, End = End, HasOlder = end > count, Entries = entries };
    }

    /// <summary>
    /// Begins a new epoch; the latest of <paramref name="recent"/> that still stands is where the histories part.
    /// </summary>
    public void Renew(IReadOnlyList<EntryId> recent)
    {
        Epoch lost = Epoch;
        do
        {
            Epoch = Epoch.Create();
        }
        while (Epoch == lost || Epoch == _previous);

        // If none stands it is unknown where they part, and a cursor of the lost epoch is like one of any other.
        (_previous, _parted) = (default, default);
        for (int i = recent.Count - 1; i >= Math.Max(0, recent.Count - LogLimits.RecentIdsMax); i--)
        {
            if (Stands(recent[i]))
            {
                (_previous, _parted) = (lost, recent[i]);
                return;
            }
        }
    }

    public void Clear() => Trim(long.MaxValue, 0, 0);

    private (ReadOutcome Outcome, EntryId Start, long? Missing) Resolve(StreamCursor after)
    {
        EntryId entry = after.Entry;
        if (after.Epoch == Epoch)
        {
            return IsInvented(entry)
                ? (ReadOutcome.NotThere, BeforeFirst, null)
                : From(entry, 0) is (var start, > 0 and var missing)
                    ? (ReadOutcome.Trimmed, start, missing)
                    : (ReadOutcome.Whole, entry, 0);
        }

        if (_previous.IsNone || after.Epoch != _previous)
        {
            return (ReadOutcome.OtherEpoch, BeforeFirst, null);
        }

        if (entry.Offset > _parted.Offset)
        {
            (EntryId start, long missing) = From(_parted, entry.Offset - _parted.Offset);
            return (ReadOutcome.OtherEpoch, start, missing);
        }

        if (IsInvented(entry))
        {
            return (ReadOutcome.OtherEpoch, BeforeFirst, null);
        }

        (EntryId shared, long trimmed) = From(entry, 0);
        return (ReadOutcome.OtherEpoch, shared, trimmed);
    }

    // What became of a position to read backwards from, and how many entries lie before it.
    private (ReadOutcome Outcome, int End) ResolveBefore(StreamCursor before)
    {
        EntryId place = before.Entry;
        bool isPresent = before.Epoch == Epoch;
        bool isShared = !_previous.IsNone && before.Epoch == _previous && place.Offset <= _parted.Offset;
        if (!isPresent && !isShared)
        {
            return (ReadOutcome.OtherEpoch, 0);
        }

        // It stands if it fits between the entries whose offsets are around its own.
        long index = place.Offset - FirstOffset;
        int above = (int)Math.Clamp(index, 0, _entries.Count);
        bool fits = index <= _entries.Count
            && (index <= 0 || _entries[above - 1].Id < place)
            && (above == _entries.Count || place <= _entries[above].Id);
        return !fits ? (isPresent ? ReadOutcome.NotThere : ReadOutcome.OtherEpoch, 0)
            : index < 0 ? (ReadOutcome.Trimmed, 0)
            : (ReadOutcome.Whole, above);
    }

    // Where reading goes on after an id that stands or stood, and how many entries retention took in between.
    private (EntryId Start, long Missing) From(EntryId entry, long missing) =>
        entry.Offset + 1 >= FirstOffset ? (entry, missing) : (BeforeFirst, missing + FirstOffset - 1 - entry.Offset);

    // Ids before the first entry retained can't be looked up any more: they are believed.
    private bool IsInvented(EntryId id) =>
        id.Offset < 0 || (id.Offset >= FirstOffset && !Stands(id));

    private bool Stands(EntryId id)
    {
        long index = id.Offset - FirstOffset;
        return index >= 0 && index < _entries.Count ? _entries[(int)index].Id == id : id == Last;
    }
}
