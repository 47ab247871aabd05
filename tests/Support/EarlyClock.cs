namespace Realtime.Tests.Support;

/// <summary>
/// The system's clock with timers that fire before their time is quite over, as real ones do by a part of a millisecond: they
/// count in whole ones.
/// </summary>
internal sealed class EarlyClock : TimeProvider
{
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        base.CreateTimer(callback, state, dueTime > TimeSpan.Zero ? dueTime / 2 : dueTime, period);
}
