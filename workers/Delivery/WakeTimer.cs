namespace Realtime.Workers.Delivery;

/// <summary>Wakes a loop at the earliest of the times it waits for. Owned by that loop; has no timer before it is
/// needed.</summary>
internal sealed class WakeTimer(Signal signal, TimeProvider clock) : IDisposable
{
    private ITimer? _timer;
    private long _wakeAt;

    // Not told from the time: a timer's own clock is coarser (4 ms), so it may fire before the time it was set for.
    private volatile bool _isSet;

    /// <summary>The timestamp of a jittered delay from now: between half of it and all of it.</summary>
    public long After(TimeSpan delay) => clock.GetTimestamp()
        + (long)(delay.TotalSeconds * (0.5 + (Random.Shared.NextDouble() / 2)) * clock.TimestampFrequency);

    /// <summary>Whether a time has yet to come; then the loop will be woken at it.</summary>
    public bool MustWait(long timestamp)
    {
        long now = clock.GetTimestamp();
        if (timestamp <= now)
        {
            return false;
        }

        if (_isSet && _wakeAt <= timestamp)
        {
            return true;
        }

        _wakeAt = timestamp;
        _isSet = true;
        _timer ??= clock.CreateTimer(
            static timer => ((WakeTimer)timer!).Wake(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(clock.GetElapsedTime(now, timestamp), Timeout.InfiniteTimeSpan);
        return true;
    }

    public void Dispose() => _timer?.Dispose();

    private void Wake()
    {
        _isSet = false;
        signal.Raise();
    }
}
