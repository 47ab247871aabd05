namespace Realtime.Workers.Connections;

/// <summary>
/// Whether a peer lives: how often it is spoken to, and when it was last heard. A peer of whom nothing was heard for
/// two intervals is dead; it is asked (by a ping) once in each. The time in which we do not listen ourselves (a
/// subscription waits for the log, answers for room) is no silence of the peer's.
/// </summary>
/// <remarks>
/// The receive loop writes what it heard, the heartbeat service asks; each field has one writer. What is said by nobody
/// (Server-Sent Events) is never listened to, and so never dead.
/// </remarks>
internal sealed class Pulse(TimeProvider clock, TimeSpan interval)
{
    /// <summary>Intervals of silence after which a peer is dead.</summary>
    private const int SilentIntervalsMax = 2;

    private long _intervalTicks = interval.Ticks;
    private long _heardAt = clock.GetTimestamp();
    private volatile bool _isListening;

    // Owned by the heartbeat service. The first beat comes at a random phase, so that connections made together do not
    // beat together.
    private long _beatAt = clock.GetTimestamp()
        - (long)(interval.TotalSeconds * Random.Shared.NextDouble() * clock.TimestampFrequency);

    /// <summary>What was agreed with this peer.</summary>
    public TimeSpan Interval
    {
        get => TimeSpan.FromTicks(Volatile.Read(ref _intervalTicks));
        set => Volatile.Write(ref _intervalTicks, value.Ticks);
    }

    /// <summary>How long ago anything came, or we began to listen.</summary>
    public TimeSpan Silence => clock.GetElapsedTime(Volatile.Read(ref _heardAt));

    /// <summary>By the receive loop: nothing is there, it waits for bytes from now on.</summary>
    public void Listen()
    {
        Volatile.Write(ref _heardAt, clock.GetTimestamp());
        _isListening = true;
    }

    /// <summary>By the receive loop: bytes came, whatever they are.</summary>
    public void Hear()
    {
        _isListening = false;
        Volatile.Write(ref _heardAt, clock.GetTimestamp());
    }

    /// <summary>By the heartbeat service: whether the peer is dead.</summary>
    /// <param name="now">The timestamp.</param>
    /// <param name="tick">How often this is asked: it is found by the last look within the two intervals.</param>
    public bool IsDead(long now, TimeSpan tick) =>
        _isListening
        && clock.GetElapsedTime(Volatile.Read(ref _heardAt), now) > (SilentIntervalsMax * Interval) - tick;

    /// <summary>By the heartbeat service: whether a heartbeat is due; it is taken then.</summary>
    public bool TryBeat(long now)
    {
        if (clock.GetElapsedTime(_beatAt, now) < Interval)
        {
            return false;
        }

        _beatAt = now;
        return true;
    }
}
