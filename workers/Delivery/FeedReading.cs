using Realtime.Log;

namespace Realtime.Workers.Delivery;

/// <summary>
/// What a connection's send loop keeps for one feed while that is behind: a read under way, and the events of the last
/// one that are yet to be sent. Owned by the send loop.
/// </summary>
internal sealed class FeedReading(StreamFeed feed, HistoryReader history, WakeTimer wake)
{
    // A server-side position that the log does not know is first left to the tail, which will renew the epoch.
    private const int NotThereTriesMax = 20;
    private static readonly TimeSpan NotThereDelay = TimeSpan.FromMilliseconds(50);

    private IReadOnlyList<SharedEvent> _events = [];
    private int _next;
    private Task<HistoryChunk>? _read;
    private StreamCursor _readFrom;
    private int _failures;
    private long _retryAt;

    /// <summary>Whether a read was begun and its answer not yet taken.</summary>
    public bool IsUnderWay => _read is not null;

    /// <summary>Whether the answer can be taken.</summary>
    public bool HasAnswer => _read is { IsCompleted: true };

    /// <summary>Whether, of two positions in different epochs, the other than guessed is in the older one.</summary>
    public bool GuessedWrong { get; set; }

    /// <summary>The kept event that follows <paramref name="position"/>, if any; what does not fit is
    /// forgotten.</summary>
    public SharedEvent? Find(StreamCursor position)
    {
        while (_next < _events.Count)
        {
            SharedEvent item = _events[_next];
            if (item.Position.Epoch != position.Epoch || item.Offset > position.Entry.Offset + 1)
            {
                break;
            }

            if (item.Offset == position.Entry.Offset + 1)
            {
                return item;
            }

            _next++;
        }

        Keep([]);
        return null;
    }

    /// <summary>Begins to read what follows a position, unless it must wait after a failure; the send loop is woken
    /// either way.</summary>
    public void Begin(StreamCursor position)
    {
        if (wake.MustWait(_retryAt))
        {
            return;
        }

        _readFrom = position;
        _read = history.ReadAsync(feed.Tail.Stream, position);
        _read.GetAwaiter().UnsafeOnCompleted(feed.Outbox.Signal.Raise);
    }

    /// <summary>Takes the answer; null if it is of no use, and another read has to be begun.</summary>
    public HistoryChunk? Take(StreamCursor position)
    {
        Task<HistoryChunk> read = _read!;
        _read = null;
        if (!read.IsCompletedSuccessfully)
        {
            // The tail meets the same fault, says so and tells the viewer; here it is only tried again, ever slower.
            _ = read.Exception;
            Retry(TimeSpan.FromMilliseconds(50 << Math.Min(_failures, 6)));
            return null;
        }

        if (_readFrom != position)
        {
            return null;
        }

        // The task has completed, so this does not block.
        HistoryChunk chunk = read.GetAwaiter().GetResult();
        bool mayHeal = chunk.Outcome == ReadOutcome.NotThere && _failures < NotThereTriesMax;

        // Nothing follows yet, though the tail stands elsewhere: it is about to learn what this read knows.
        bool isEarly = chunk.Outcome == ReadOutcome.Whole && chunk.Events.Count == 0;
        if (mayHeal || isEarly)
        {
            feed.Tail.Ring();
            Retry(NotThereDelay);
            return null;
        }

        _failures = 0;
        Keep(chunk.Events);
        return chunk;
    }

    private void Keep(IReadOnlyList<SharedEvent> events) => (_events, _next) = (events, 0);

    private void Retry(TimeSpan delay)
    {
        _failures++;
        _retryAt = wake.After(delay);
    }
}
