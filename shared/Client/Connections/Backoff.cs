namespace Realtime.Client.Connections;

/// <summary>
/// Exponential back-off with full jitter: before retry n in a row a random time between 0 and min(DelayMax, Delay x
/// 2^(n-1)).
/// </summary>
internal sealed class Backoff(ReconnectOptions options, Random? random = null)
{
    private readonly Random _random = random ?? Random.Shared;
    private int _retries;

    /// <summary>How long to wait before the next retry of the row.</summary>
    /// <param name="atLeast">What the server asked for.</param>
    public TimeSpan Next(TimeSpan atLeast = default)
    {
        // 2^62 ms is beyond any bound, and 2^1024 would be infinite.
        double ceilingMs = Math.Min(
            options.DelayMax.TotalMilliseconds, options.Delay.TotalMilliseconds * Math.Pow(2, Math.Min(_retries, 62)));
        _retries++;
        TimeSpan jittered = TimeSpan.FromMilliseconds(ceilingMs * _random.NextDouble());
        return jittered > atLeast ? jittered : atLeast;
    }

    /// <summary>The row is over.</summary>
    public void Reset() => _retries = 0;
}
