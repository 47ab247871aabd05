namespace Realtime.Client;

/// <summary>How publishing tries again.</summary>
public sealed record PublishOptions
{
    /// <summary>Requests for the same events or bytes (1 or more; default 10).</summary>
    public int AttemptsMax { get; init; } = 10;

    /// <summary>
    /// Upper bound of the delay between two of them (1 ms to 1 hour; default 5 s): shorter than that of a connection,
    /// since somebody waits. The first delay is that of <see cref="ReconnectOptions.Delay"/> at most.
    /// </summary>
    public TimeSpan DelayMax { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>All of them together, waits included (1 ms to 1 hour; default 60 s).</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);
}
