using Realtime.Log;
using Realtime.Protocol;

namespace Realtime.Tests.Log;

/// <summary>What an event stream should do, as plainly as it can be said: lists, searched from end to end.</summary>
internal sealed class EventStreamModel(Epoch epoch, int entriesMax)
{
    private readonly List<(EntryId Id, string Text)> _entries = [];
    private readonly Dictionary<string, (string Text, StreamCursor Position)> _keys = [];
    private readonly Dictionary<string, long> _state = [];
    private Epoch _previous;
    private long _parted;

    public Epoch Epoch { get; private set; } = epoch;

    public long Last { get; private set; }

    /// <summary>Everything there ever was to be a cursor, of all epochs.</summary>
    public List<StreamCursor> Cursors { get; } = [new(EntryId.Zero, epoch)];

    public IEnumerable<(string Key, long Offset)> State =>
        _state.OrderBy(s => s.Value).Select(s => (s.Key, s.Value));

    /// <summary>What one event of a batch should become; if stored, at the next offset.</summary>
    public AppendStatus Expect(EventAppend append, string text, bool afterRefused) => append.IdempotencyKey switch
    {
        _ when afterRefused => AppendStatus.AfterRefused,
        { } key when _keys.TryGetValue(key, out var known) =>
            known.Text == text ? AppendStatus.Duplicate : AppendStatus.Conflict,
        _ => AppendStatus.Stored,
    };

    public StreamCursor FirstOf(string key) => _keys[key].Position;

    public void Store(EventAppend append, string text, StreamCursor position)
    {
        Last++;
        _entries.Add((position.Entry, text));
        Cursors.Add(position);
        if (append.IdempotencyKey is { } key)
        {
            _keys[key] = (text, position);
        }

        if (append.StateKey is { } state)
        {
            _state.Remove(state);
            if (!append.DeletesState)
            {
                _state[state] = Last;
            }
        }
    }

    /// <summary>Removes what is too much, at the end of a batch.</summary>
    public void Trim() => _entries.RemoveRange(0, Math.Max(0, _entries.Count - entriesMax));

    public void Renew(Epoch next, long parted)
    {
        (_previous, _parted, Epoch) = (Epoch, parted, next);
        Cursors.Add(new StreamCursor(EntryId.Zero, next));
    }

    public bool Stands(EntryId id) => _entries.Any(e => e.Id == id);

    public (ReadOutcome Outcome, long Start, long? Missing) Resolve(StreamCursor cursor)
    {
        long offset = cursor.Entry.Offset;
        long beforeFirst = Last - _entries.Count;
        bool believed = offset <= beforeFirst || Stands(cursor.Entry);
        if (cursor.Epoch == Epoch)
        {
            return !believed ? (ReadOutcome.NotThere, beforeFirst, null)
                : offset < beforeFirst ? (ReadOutcome.Trimmed, beforeFirst, beforeFirst - offset)
                : (ReadOutcome.Whole, offset, 0);
        }

        if (cursor.Epoch != _previous || (offset <= _parted && !believed))
        {
            return (ReadOutcome.OtherEpoch, beforeFirst, null);
        }

        long shared = Math.Min(offset, _parted);
        long start = Math.Max(shared, beforeFirst);
        return (ReadOutcome.OtherEpoch, start, offset - shared + (start - shared));
    }

    /// <summary>What a position to read backwards from is, and what lies before it, newest first.</summary>
    public (ReadOutcome Outcome, string[] Texts) Before(StreamCursor before)
    {
        long offset = before.Entry.Offset;
        long beforeFirst = Last - _entries.Count;
        bool shared = before.Epoch == _previous && offset <= _parted;
        if (before.Epoch != Epoch && !shared)
        {
            return (ReadOutcome.OtherEpoch, []);
        }

        string[] older = [.. _entries.Where(e => e.Id < before.Entry).Select(e => e.Text).Reverse()];
        bool fits = older.Length == Math.Max(0, offset - 1 - beforeFirst) && offset <= Last + 1;
        return !fits ? (shared ? ReadOutcome.OtherEpoch : ReadOutcome.NotThere, [])
            : offset <= beforeFirst ? (ReadOutcome.Trimmed, [])
            : (ReadOutcome.Whole, older);
    }

    public string[] After(long offset) => [.. _entries.Where(e => e.Id.Offset > offset).Select(e => e.Text)];
}
