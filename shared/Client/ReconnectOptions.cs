namespace Realtime.Client;

/// <summary>How the connection is made anew: exponential back-off with full jitter.</summary>
public sealed record ReconnectOptions
{
    /// <summary>Upper bound of the first delay (1 ms to 1 hour; default 500 ms). It doubles with each failure in a
    /// row.</summary>
    public TimeSpan Delay { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Upper bound of any delay (<see cref="Delay"/> to 1 hour; default 30 s).</summary>
    public TimeSpan DelayMax { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Failed attempts in a row after which the client is closed (1 or more; default: null, no
    /// limit).</summary>
    public int? AttemptsMax { get; init; }
}
