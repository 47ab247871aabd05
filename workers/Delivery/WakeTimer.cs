namespace Realtime.Workers.Delivery;

/// <summary>Wakes a send loop at the earliest of the times its lanes wait for. Owned by that loop; has no timer before it is needed.</summary>
internal sealed class WakeTimer(Signal signal, TimeProvider clock) : IDisposable
{
    // Timers may fire a little early by their own coarser clock.
    private static readonly TimeSpan Slack = TimeSpan.FromMilliseconds(1);

    private ITimer? _timer;
    private long _wakeAt;

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

        if (_wakeAt > now && _wakeAt <= timestamp)
        {
            return true;
        }

        _wakeAt = timestamp;
        _timer ??= clock.CreateTimer(
            static signal => ((Signal)signal!).Raise(), signal, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(clock.GetElapsedTime(now, timestamp) + Slack, Timeout.InfiniteTimeSpan);
        return true;
    }

    public void Dispose() => _timer?.Dispose();
}
