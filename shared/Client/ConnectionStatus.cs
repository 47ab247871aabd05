namespace Realtime.Client;

/// <summary>What the connection of a client does now.</summary>
public enum ConnectionStatus
{
    /// <summary>Nothing was asked of it yet.</summary>
    Idle,

    /// <summary>It is being made: token, TCP, TLS, <c>welcome</c>.</summary>
    Connecting,

    /// <summary>It stands.</summary>
    Connected,

    /// <summary>It is gone, and the next attempt is due at <see cref="ConnectionState.RetryAt"/>.</summary>
    Waiting,

    /// <summary>It is gone for good; <see cref="ConnectionState.Error"/> says why.</summary>
    Closed,
}
