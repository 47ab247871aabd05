namespace Realtime.Log.Redis;

/// <summary>
/// What waits behind a call of one stream that is under way, in its order. Guarded by its <see cref="RedisAppends"/>.
/// </summary>
internal sealed class AppendLine(StreamKey stream)
{
    private readonly Queue<PendingAppend> _waiting = new();

    public StreamKey Stream => stream;

    /// <summary>Sends what waits; ends when nothing does.</summary>
    public Task? Sending { get; set; }

    public bool IsEmpty => _waiting.Count == 0;

    public void Add(PendingAppend append) => _waiting.Enqueue(append);

    /// <summary>
    /// Takes what goes together in the next call: at least one batch, and no more events and bytes than given. Those
    /// whose callers have left are dropped.
    /// </summary>
    /// <returns>What those that were dropped took of the memory for waiting.</returns>
    public int TakeInto(List<PendingAppend> group, int eventsMax, int bytesMax)
    {
        int events = 0;
        int bytes = 0;
        int dropped = 0;
        while (_waiting.TryPeek(out PendingAppend? next))
        {
            if (next.IsGivenUp)
            {
                dropped += next.HeldBytes;
                _waiting.Dequeue();
                continue;
            }

            events += next.Events;
            bytes += next.Bytes;
            if (group.Count > 0 && (events > eventsMax || bytes > bytesMax))
            {
                break;
            }

            group.Add(_waiting.Dequeue());
        }

        return dropped;
    }
}
