namespace Realtime.Client;

/// <summary>The state of a client's connection.</summary>
public sealed record ConnectionState
{
    /// <summary>What it does now.</summary>
    public required ConnectionStatus Status { get; init; }

    /// <summary>
    /// Connecting: the number of this attempt in its row, from 1. Waiting: that of the next one. Else 0.
    /// </summary>
    public int Attempt { get; init; }

    /// <summary>Waiting: how long, from the beginning of the wait.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>Waiting: when the next attempt begins, by this machine's clock.</summary>
    public DateTimeOffset? RetryAt { get; init; }

    /// <summary>
    /// Waiting and closed: why. <c>drain</c> (the server leaves and said when to come back), <c>dead_peer</c>
    /// (nothing came
    /// for twice the heartbeat), else the code of <see cref="Error"/>. Null in other states.
    /// </summary>
    public string? Reason { get; init; }

    /// <summary>Waiting and closed: the WebSocket's close code (1006 = it broke), if there was a WebSocket.</summary>
    public int? CloseCode { get; init; }

    /// <summary>Waiting and closed: what went wrong; null after a drain and when the application closed the
    /// client.</summary>
    public RealtimeException? Error { get; init; }
}
