namespace Realtime.Client.Connections;

/// <summary>The server's clock, as far as a <c>welcome</c> told it; before that, this machine's.</summary>
internal sealed class ServerClock(TimeProvider clock)
{
    private long _aheadMs;

    public DateTimeOffset Now => DateTimeOffset.FromUnixTimeMilliseconds(NowMs);

    private long NowMs => clock.GetUtcNow().ToUnixTimeMilliseconds() + Interlocked.Read(ref _aheadMs);

    /// <summary>The server said that it is now <paramref name="serverMs"/>.</summary>
    public void Adjust(long serverMs) =>
        Interlocked.Exchange(ref _aheadMs, serverMs - clock.GetUtcNow().ToUnixTimeMilliseconds());

    /// <summary>How long ago something was; never below zero, as clocks differ by a little.</summary>
    public TimeSpan AgeOf(long serverMs) => TimeSpan.FromMilliseconds(Math.Max(0, NowMs - serverMs));
}
