namespace Realtime.Tests.Support;

/// <summary>
/// The system's clock with timers that fire long before their time is over, as real ones do by a few milliseconds.
/// </summary>
internal sealed class EarlyClock : TimeProvider
{
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        base.CreateTimer(callback, state, dueTime > TimeSpan.Zero ? dueTime / 2 : dueTime, period);
}
