using Realtime.Log;

namespace Realtime.Workers.Delivery;

/// <summary>
/// What a connection's send loop keeps for one feed while that is behind: a read under way, and the events of the last one that
/// are yet to be sent. Owned by the send loop.
/// </summary>
internal sealed class FeedReading
{
    private IReadOnlyList<SharedEvent> _events = [];
    private int _next;

    /// <summary>The read under way, or finished and not yet taken.</summary>
    public Task<HistoryChunk>? Read { get; set; }

    /// <summary>The cursor that <see cref="Read"/> started from.</summary>
    public StreamCursor ReadFrom { get; set; }

    /// <summary>Whether, of two positions in different epochs, the other than guessed is in the older one.</summary>
    public bool GuessedWrong { get; set; }

    /// <summary>Reads that failed in a row.</summary>
    public int Failures { get; set; }

    /// <summary>Timestamp before which no further read is tried.</summary>
    public long RetryAt { get; set; }

    public void Keep(IReadOnlyList<SharedEvent> events) => (_events, _next) = (events, 0);

    /// <summary>The kept event that follows <paramref name="position"/>, if any; what does not fit is forgotten.</summary>
    public SharedEvent? Find(StreamCursor position)
    {
        while (_next < _events.Count)
        {
            SharedEvent item = _events[_next];
            if (item.Position.Epoch == position.Epoch && item.Offset == position.Entry.Offset + 1)
            {
                return item;
            }

            if (item.Position.Epoch == position.Epoch && item.Offset <= position.Entry.Offset)
            {
                _next++;
                continue;
            }

            break;
        }

        _events = [];
        _next = 0;
        return null;
    }
}
