namespace Realtime.Client.Connections;

/// <summary>
/// Finds a dead peer: after one heartbeat without a byte it wants a <c>ping</c> sent, after two it gives the connection
/// up. On a timer of its own, since a send to a dead peer may hang.
/// </summary>
internal sealed class PeerWatch : IAsyncDisposable
{
    private readonly TimeProvider _clock;
    private readonly Action _ping;
    private readonly Action _giveUp;
    private readonly ITimer _timer;
    private readonly Lock _gate = new();
    private TimeSpan _heartbeat;
    private long _heardAt;
    private long? _askedSince;

    public PeerWatch(TimeProvider clock, TimeSpan heartbeat, Action ping, Action giveUp)
    {
        _clock = clock;
        _heartbeat = heartbeat;
        _ping = ping;
        _giveUp = giveUp;
        _heardAt = clock.GetTimestamp();
        _timer = clock.CreateTimer(
            static watch => ((PeerWatch)watch!).Look(), this, heartbeat, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Something came.</summary>
    public void Heard() => Interlocked.Exchange(ref _heardAt, _clock.GetTimestamp());

    /// <summary>The server agrees to another heartbeat: it holds from here on.</summary>
    public void Agree(TimeSpan heartbeat)
    {
        lock (_gate)
        {
            _heartbeat = heartbeat;
            _timer.Change(heartbeat, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Also waits for a look that is under way.</summary>
    public ValueTask DisposeAsync() => _timer.DisposeAsync();

    // One look at a time: the timer is set again at its end.
    private void Look()
    {
        long heardAt = Interlocked.Read(ref _heardAt);
        TimeSpan silence = _clock.GetElapsedTime(heardAt);
        TimeSpan heartbeat;
        lock (_gate)
        {
            heartbeat = _heartbeat;
        }

        if (silence >= 2 * heartbeat)
        {
            _giveUp();
            return;
        }

        bool isQuiet = silence >= heartbeat;
        if (isQuiet && _askedSince != heardAt)
        {
            // Once for each silence; an answer that came between two looks has begun another.
            _askedSince = heardAt;
            _ping();
        }

        TimeSpan next = (isQuiet ? 2 * heartbeat : heartbeat) - silence;

        lock (_gate)
        {
            // Else another one was agreed to meanwhile, which set the timer.
            if (heartbeat == _heartbeat)
            {
                // Timers count whole milliseconds: one that is due in less would fire too early and spin.
                _timer.Change(next + TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
            }
        }
    }
}
