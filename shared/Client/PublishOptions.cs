namespace Realtime.Client;

/// <summary>How publishing tries again.</summary>
public sealed record PublishOptions
{
    /// <summary>Requests for the same events or bytes (1 or more; default 10).</summary>
    public int AttemptsMax { get; init; } = 10;

    /// <summary>All of them together, waits included (1 ms to 1 hour; default 60 s).</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);
}
