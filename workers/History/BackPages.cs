using Realtime.Log;
using Realtime.Protocol;

namespace Realtime.Workers.History;

/// <summary>
/// Walks one stream backwards entry by entry, reading page after page through the bulk lane.
/// </summary>
/// <param name="log">The log.</param>
/// <param name="stream">The stream.</param>
/// <param name="before">Where to begin, itself not included; null = at the end.</param>
/// <param name="firstEntries">Entries of the first page.</param>
/// <param name="pageBytes">Envelope bytes of any page.</param>
internal sealed class BackPages(
    IPartitionedLog log, StreamKey stream, EventPosition? before, int firstEntries, int pageBytes)
{
    // Pages double up to this, so that a quiet stream costs little and a busy one few round trips.
    private const int PageEntriesMax = 1024;

    private StreamCursor? _place = before is { } given ? new(given.Entry, given.Epoch) : null;
    private StreamCursor? _end;
    private Epoch _epoch;
    private int _pageEntries = firstEntries;
    private IReadOnlyList<LogEntry> _page = [];
    private int _index;
    private bool _hasOlder;

    /// <summary>Number of the stream.</summary>
    public int Partition => stream.Partition;

    /// <summary>
    /// The stream's end at its first page: what was appended since is in none, and comes to who watches after it.
    /// </summary>
    public EventPosition End => _end!.Value.In(Partition);

    /// <summary>Everything from here on was taken.</summary>
    public EventPosition Before => _place!.Value.In(Partition);

    /// <summary>Whether an entry can be taken.</summary>
    public bool HasEntry => _index < _page.Count;

    /// <summary>Whether nothing older is left, taken or not.</summary>
    public bool IsFinished => !HasEntry && !_hasOlder;

    /// <summary>The next entry, the newest not taken.</summary>
    public LogEntry Current => _page[_index];

    /// <summary>Takes the next entry.</summary>
    public void Take()
    {
        _place = new StreamCursor(Current.Id, _epoch);
        _index++;
    }

    /// <summary>Reads the next page; the one before must have been taken whole.</summary>
    public async Task FillAsync(int entriesMax, CancellationToken requestAborted)
    {
        var limit = new ReadLimit(Math.Min(_pageEntries, entriesMax), pageBytes);
        EventReadBack read = await log.ReadBackAsync(stream, _place, limit, ReadLane.Bulk, requestAborted);

        // Right after the end as it is now, so that a page that takes nothing of this stream passes over nothing.
        _place ??= read.End with { Entry = read.End.Entry with { Offset = read.End.Entry.Offset + 1 } };
        _place = read.End with { Entry = _place.Value.Entry };
        _end ??= read.End;
        _epoch = read.End.Epoch;
        _page = read.Entries;
        _index = 0;
        _hasOlder = read.HasOlder;
        _pageEntries = Math.Min(2 * _pageEntries, PageEntriesMax);
    }
}
