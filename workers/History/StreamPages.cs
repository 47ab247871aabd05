using Realtime.Log;
using Realtime.Protocol;
using Realtime.Protocol.Messages;

namespace Realtime.Workers.History;

/// <summary>Walks one stream entry by entry, reading page after page through the bulk lane.</summary>
internal sealed class StreamPages(
    IPartitionedLog log, StreamKey stream, EventPosition? after, int firstEntries, int pageBytes)
{
    // Pages double up to this, so that a quiet stream costs little and a busy one few round trips.
    private const int PageEntriesMax = 1024;

    private readonly List<HistoryGap> _gaps = [];
    private StreamCursor _position = after is { } given ? new(given.Entry, given.Epoch) : default;

    // From the first entry retained is no promise that could be broken; from a position is one.
    private bool _isPromised = after is not null;
    private int _pageEntries = firstEntries;
    private IReadOnlyList<LogEntry> _page = [];
    private int _index;

    /// <summary>Number of the stream.</summary>
    public int Partition => stream.Partition;

    /// <summary>Everything up to here was taken.</summary>
    public EventPosition Position => _position.In(stream.Partition);

    /// <summary>What is missing.</summary>
    public IReadOnlyList<HistoryGap> Gaps => _gaps;

    /// <summary>Whether nothing is known of the position that was asked for.</summary>
    public bool IsUnknown => _gaps.Count > 0 && _gaps[0] is { Reason: GapReason.Epoch, Missing: null };

    /// <summary>Whether an entry can be taken.</summary>
    public bool HasEntry => _index < _page.Count;

    /// <summary>Whether the pages read so far reach the stream's end.</summary>
    public bool IsAtEnd { get; private set; }

    /// <summary>The next entry.</summary>
    public LogEntry Current => _page[_index];

    /// <summary>Takes the next entry.</summary>
    public void Take()
    {
        _position = _position with { Entry = Current.Id };
        _index++;
    }

    /// <summary>Reads the next page; the one before must have been taken whole.</summary>
    public async Task FillAsync(CancellationToken requestAborted)
    {
        var limit = new ReadLimit(_pageEntries, pageBytes);
        EventRead read = await log.ReadAsync(stream, _position, limit, ReadLane.Bulk, requestAborted);
        if (_isPromised && read.Outcome != ReadOutcome.Whole)
        {
            _gaps.Add(GapOf(read));
        }

        _isPromised = true;
        _position = read.Start.Epoch.IsNone ? await BeginAsync(requestAborted) : read.Start;
        _page = read.Entries;
        _index = 0;
        _pageEntries = Math.Min(2 * _pageEntries, PageEntriesMax);
        IsAtEnd = _page.Count == 0 || _page[^1].Id >= read.Last;
    }

    // A stream that was never written to gets its epoch now, so that the position told is one that a gap can be seen
    // from.
    private async Task<StreamCursor> BeginAsync(CancellationToken requestAborted) =>
        new(EntryId.Zero, (await log.OpenAsync(stream, requestAborted)).End.Epoch);

    private HistoryGap GapOf(EventRead read)
    {
        EntryId resumesAt = read.Entries.Count > 0
            ? read.Entries[0].Id
            : read.Start.Entry with { Offset = read.Start.Entry.Offset + 1 };
        GapReason reason = read.Outcome == ReadOutcome.Trimmed ? GapReason.Retention : GapReason.Epoch;
        return new HistoryGap(Position, (read.Start with { Entry = resumesAt }).In(Partition), read.Missing, reason);
    }
}
