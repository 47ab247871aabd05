namespace Realtime.Client.Subscriptions;

/// <summary>
/// When the server of a terminal is told what was taken: after each message, but not more often than is of use. Guarded
/// by the gate of its feed.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="gate">The feed's.</param>
/// <param name="wake">Has the connection look for what is to be sent.</param>
internal sealed class Acknowledgement(TimeProvider time, Lock gate, Action wake)
{
    // Two of them are at least so far apart, unless half of the window is open.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private long _told;
    private long _taken;
    private long? _toldAt;
    private ITimer? _timer;
    private bool _isTimerSet;
    private bool _isDue;
    private bool _isEnded;

    /// <summary>The server counts from here.</summary>
    public void Begin(long offset)
    {
        _told = _taken = offset;
        _isDue = false;
    }

    /// <summary>All before it was taken.</summary>
    public void Take(long offset, int windowBytes)
    {
        if (offset <= _taken || _isEnded)
        {
            return;
        }

        _taken = offset;
        TimeSpan left = _toldAt is { } at ? Pause - time.GetElapsedTime(at) : TimeSpan.Zero;
        if (offset - _told >= windowBytes / 2 || left <= TimeSpan.Zero)
        {
            BecomeDue();
        }
        else if (!_isTimerSet)
        {
            _isTimerSet = true;
            _timer ??= time.CreateTimer(_ => OnTime(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _timer.Change(left, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>The offset that is to be sent now; null if there is none.</summary>
    public long? TakeDue()
    {
        if (!_isDue)
        {
            return null;
        }

        _isDue = false;
        _told = _taken;
        _toldAt = time.GetTimestamp();
        return _told;
    }

    /// <summary>Nothing is sent any more.</summary>
    public void End()
    {
        _isEnded = true;
        _isDue = false;
        _timer?.Dispose();
    }

    private void OnTime()
    {
        lock (gate)
        {
            _isTimerSet = false;
            if (_taken > _told && !_isEnded)
            {
                BecomeDue();
            }
        }
    }

    private void BecomeDue()
    {
        _isDue = true;
        wake();
    }
}
