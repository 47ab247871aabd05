namespace Realtime.Protocol;

/// <summary>
/// Why a WebSocket is closed, by number: <see cref="CloseCodes.ShouldReconnect"/> can be told from the number alone.
/// </summary>
public enum CloseCode
{
    /// <summary>Done.</summary>
    Normal = 1000,

    /// <summary>The other side leaves (a page was closed).</summary>
    GoingAway = 1001,

    /// <summary>The bytes are no WebSocket frames (RFC 6455).</summary>
    ProtocolError = 1002,

    /// <summary>A text frame is not UTF-8.</summary>
    InvalidPayload = 1007,

    /// <summary>A fault of ours.</summary>
    InternalError = 1011,

    /// <summary>The worker or edge restarts.</summary>
    ServiceRestart = 1012,

    /// <summary>Too much load.</summary>
    TryAgainLater = 1013,

    /// <summary>A message is not what the protocol says.</summary>
    BadMessage = 4400,

    /// <summary>The token does not verify or has expired.</summary>
    Unauthorized = 4401,

    /// <summary>The token's grants do not cover what was asked.</summary>
    Forbidden = 4403,

    /// <summary>No such task.</summary>
    NotFound = 4404,

    /// <summary>The peer did not answer, or took nothing for too long.</summary>
    DeadPeer = 4408,

    /// <summary>A message is too large.</summary>
    TooLarge = 4413,

    /// <summary>A limit is reached.</summary>
    LimitReached = 4429,
}
