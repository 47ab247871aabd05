namespace Realtime.Workers.Delivery.Terminals;

/// <summary>
/// The shortest time of late between sending and its acknowledgement. Of late, for a way may get longer; but behind a
/// queue of our own every time is long, so once it is old only what was sent alone may raise it.
/// </summary>
internal sealed class ShortestTime(TimeProvider clock)
{
    private static readonly TimeSpan OldAge = TimeSpan.FromSeconds(10);

    private TimeSpan? _shortest;
    private long _seenAt;

    public TimeSpan? Value => _shortest;

    /// <summary>Whether it was last seen so long ago that the way may be another.</summary>
    public bool IsOld(long now) => _shortest is not null && clock.GetElapsedTime(_seenAt, now) > OldAge;

    /// <summary>Takes note of a time that may hold waiting in a queue of ours.</summary>
    public void Take(TimeSpan took, long now)
    {
        if (_shortest is not { } shortest || took <= shortest)
        {
            Begin(took, now);
        }
    }

    /// <summary>Begins anew with a time that holds none.</summary>
    public void Begin(TimeSpan took, long now) => (_shortest, _seenAt) = (took, now);

    public void Forget() => _shortest = null;
}
