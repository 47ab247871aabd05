namespace Realtime.Edge.Door;

/// <summary>
/// A rate with bursts: one token for each, which come back at the rate, up to two seconds' worth. By our clock, which
/// the framework's buckets don't take; guarded by who holds it. A new one is full.
/// </summary>
internal struct TokenBucket
{
    private const double BurstSeconds = 2;

    private double _taken;
    private long _takenAt;

    /// <summary>Takes one, if there is one.</summary>
    /// <param name="perSecond">The rate.</param>
    /// <param name="clock">The clock, always the same.</param>
    public bool TryTake(int perSecond, TimeProvider clock)
    {
        long now = clock.GetTimestamp();
        _taken = TakenAt(now, perSecond, clock);
        _takenAt = now;
        if (_taken + 1 > perSecond * BurstSeconds)
        {
            return false;
        }

        _taken++;
        return true;
    }

    /// <summary>Whether all are there: then it remembers nothing, and may be forgotten.</summary>
    public readonly bool IsFull(int perSecond, TimeProvider clock) =>
        TakenAt(clock.GetTimestamp(), perSecond, clock) <= 0;

    private readonly double TakenAt(long now, int perSecond, TimeProvider clock) =>
        _taken == 0 ? 0 : Math.Max(0, _taken - (clock.GetElapsedTime(_takenAt, now).TotalSeconds * perSecond));
}
