namespace Realtime.Edge.Forwarding;

/// <summary>
/// What a worker's clock shows: what it told with its last report, and what has passed since by a timer that nobody
/// sets. Never ahead of the truth, as the report was made before it came.
/// </summary>
internal sealed class WorkerClock(TimeProvider clock)
{
    private volatile Reading? _reading;
    private int _isApart;

    /// <summary>By how much it is ahead of this process' clock; none as long as it was not told.</summary>
    public TimeSpan Ahead => _reading is { } reading
        ? reading.Time + clock.GetElapsedTime(reading.Timestamp) - clock.GetUtcNow()
        : TimeSpan.Zero;

    /// <summary>It has just been told, ms since 1970.</summary>
    public void Read(long timeMs) =>
        _reading = new(DateTimeOffset.FromUnixTimeMilliseconds(timeMs), clock.GetTimestamp());

    /// <summary>Notes whether it is too far off; whether that is new.</summary>
    public bool TryBecome(bool isApart)
    {
        int now = isApart ? 1 : 0;
        return Interlocked.Exchange(ref _isApart, now) != now;
    }

    private sealed record Reading(DateTimeOffset Time, long Timestamp);
}
