namespace Realtime.Client.Connections;

/// <summary>
/// Exponential back-off with full jitter: before retry n in a row a random time between 0 and
/// min(delayMax, delay x 2^(n-1)).
/// </summary>
internal sealed class Backoff(TimeSpan delay, TimeSpan delayMax, Random? random = null)
{
    private readonly Random _random = random ?? Random.Shared;
    private int _retries;

    /// <summary>That of a connection, and of what is asked on one.</summary>
    public static Backoff Of(ReconnectOptions options) => new(options.Delay, options.DelayMax);

    /// <summary>That of publishing, or a quicker one.</summary>
    public static Backoff OfPublishing(RealtimeClientOptions options, TimeSpan? delayMax = null) => new(
        options.Reconnect.Delay,
        delayMax is { } max && max < options.Publish.DelayMax ? max : options.Publish.DelayMax);

    /// <summary>How long to wait before the next retry of the row.</summary>
    /// <param name="atLeast">What the server asked for; the random time comes on top.</param>
    public TimeSpan Next(TimeSpan atLeast = default) =>

        // On top of what the server asked for, which it asks of many: without it they would all come back at once.
        atLeast + TimeSpan.FromMilliseconds(NextCeilingMs() * _random.NextDouble());

    /// <summary>How long to send nothing after <c>pause</c>: half of the bound at least: it is a pause.</summary>
    public TimeSpan NextOfPressure() =>
        TimeSpan.FromMilliseconds(NextCeilingMs() * (1 + _random.NextDouble()) / 2);

    /// <summary>The row is over.</summary>
    public void Reset() => _retries = 0;

    // 2^62 ms is beyond any bound, and 2^1024 would be infinite.
    private double NextCeilingMs() => Math.Min(
        delayMax.TotalMilliseconds, delay.TotalMilliseconds * Math.Pow(2, Math.Min(_retries++, 62)));
}
