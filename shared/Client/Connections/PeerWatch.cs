namespace Realtime.Client.Connections;

/// <summary>
/// Finds a dead peer: after one heartbeat without a byte it wants a <c>ping</c> sent, after two it gives the connection
/// up. On a timer of its own, since a send to a dead peer may hang.
/// </summary>
internal sealed class PeerWatch : IAsyncDisposable
{
    private readonly TimeProvider _clock;
    private readonly TimeSpan _heartbeat;
    private readonly Action _ping;
    private readonly Action _giveUp;
    private readonly ITimer _timer;
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

    /// <summary>Also waits for a look that is under way.</summary>
    public ValueTask DisposeAsync() => _timer.DisposeAsync();

    // One look at a time: the timer is set again at its end.
    private void Look()
    {
        long heardAt = Interlocked.Read(ref _heardAt);
        TimeSpan silence = _clock.GetElapsedTime(heardAt);
        if (silence >= 2 * _heartbeat)
        {
            _giveUp();
            return;
        }

        bool isQuiet = silence >= _heartbeat;
        if (isQuiet && _askedSince != heardAt)
        {
            // Once for each silence; an answer that came between two looks has begun another.
            _askedSince = heardAt;
            _ping();
        }

        TimeSpan next = (isQuiet ? 2 * _heartbeat : _heartbeat) - silence;

        // Timers count whole milliseconds: one that is due in less would fire too early and spin.
        _timer.Change(next + TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
    }
}
