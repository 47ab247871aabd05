using Realtime.Protocol;

namespace Realtime.Client.Connections;

/// <summary>
/// Connections in a row that the server ended for a fault of ours, each soon after its <c>welcome</c>: that ends the
/// row of failures, and not what is wrong, so a floor that grows lies under the wait.
/// </summary>
internal sealed class SentAway(TimeProvider clock)
{
    private static readonly TimeSpan FloorMin = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FloorMax = TimeSpan.FromSeconds(30);

    private long _welcomedAt;
    private int _times;

    public void OnWelcome() => _welcomedAt = clock.GetTimestamp();

    /// <summary>How long to wait at least after this end; once for each.</summary>
    public TimeSpan FloorAfter(ConnectionEnd end)
    {
        if (end.WasWelcomed && clock.GetElapsedTime(_welcomedAt) >= FloorMax)
        {
            _times = 0;
        }

        return end.CloseCode switch
        {
            (int)CloseCode.LimitReached => FloorOf(++_times),

            // A token that ran out is nothing to wait for; a second one so soon is.
            (int)CloseCode.Unauthorized => FloorOf(_times++),
            _ => TimeSpan.Zero,
        };
    }

    // 2^5 s is beyond the most.
    private static TimeSpan FloorOf(int times) => times switch
    {
        0 => TimeSpan.Zero,
        > 5 => FloorMax,
        _ => FloorMin * (1 << (times - 1)),
    };
}
