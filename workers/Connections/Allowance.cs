namespace Realtime.Workers.Connections;

/// <summary>
/// So much a second, and a burst: a bucket that is filled at a rate. What is taken may leave a debt, so that nothing is
/// too large to be ever taken; while there is one, nothing more is. For one thread at a time.
/// </summary>
internal sealed class Allowance(double perSecond, double burst, TimeProvider clock)
{
    private double _spent;
    private long _filledAt = clock.GetTimestamp();

    /// <summary>How long until the debt is paid; zero if there is none.</summary>
    public TimeSpan Debt => _spent > burst ? TimeSpan.FromSeconds((_spent - burst) / perSecond) : TimeSpan.Zero;

    /// <summary>Takes so much; false if there was a debt before.</summary>
    public bool TryTake(double amount)
    {
        long now = clock.GetTimestamp();
        _spent = Math.Max(0, _spent - (clock.GetElapsedTime(_filledAt, now).TotalSeconds * perSecond));
        _filledAt = now;
        bool hadRoom = _spent <= burst;
        _spent += amount;
        return hadRoom;
    }
}
