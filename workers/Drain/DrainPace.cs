namespace Realtime.Workers.Drain;

/// <summary>
/// When the next connection is told to leave: evenly spaced at the pace that was asked for, or, if that is more, at
/// what half the time to the deadline allows. The other half is for those who take long to go.
/// </summary>
/// <remarks>Pure: times are what has passed since a moment of its caller's choice. Not safe for two threads.</remarks>
internal sealed class DrainPace
{
    // A timer that comes late is made good for, or the pace would sink with its resolution; a process that stood still
    // is not, or clients would come back in a burst.
    private static readonly TimeSpan LateMax = TimeSpan.FromMilliseconds(20);

    private double _perSecond = 1;

    /// <summary>Connections in a second that were asked for.</summary>
    public int Asked { get; private set; } = 1;

    /// <summary>Connections in a second, rounded up.</summary>
    public int InForce => (int)Math.Min(int.MaxValue, Math.Ceiling(_perSecond));

    /// <summary>Whether it is higher than asked for.</summary>
    public bool IsRaised => _perSecond > Asked;

    /// <summary>When the next one is due.</summary>
    public TimeSpan NextAt { get; private set; }

    private TimeSpan Spacing => TimeSpan.FromSeconds(1 / _perSecond);

    /// <summary>Begins anew: the first is due at once.</summary>
    public void Begin(TimeSpan now, TimeSpan deadlineAt, int untold, int asked)
    {
        Asked = asked;
        _perSecond = Math.Max(asked, Needed(now, deadlineAt, untold));
        NextAt = now;
    }

    /// <summary>One more is to be told. The pace rises if it would take too long otherwise; it never sinks.</summary>
    public void More(TimeSpan now, TimeSpan deadlineAt, int untold)
    {
        _perSecond = Math.Max(_perSecond, Needed(now, deadlineAt, untold));
        if (NextAt > now + Spacing)
        {
            NextAt = now + Spacing;
        }
    }

    /// <summary>Whether one may be told now; then the next one is due a step later.</summary>
    public bool TryTake(TimeSpan now)
    {
        if (now < NextAt)
        {
            return false;
        }

        NextAt = (NextAt > now - LateMax ? NextAt : now - LateMax) + Spacing;
        return true;
    }

    // Behind the deadline nothing is told: whoever is left is cut.
    private static double Needed(TimeSpan now, TimeSpan deadlineAt, int untold) =>
        deadlineAt > now ? untold / ((deadlineAt - now).TotalSeconds / 2) : 0;
}
