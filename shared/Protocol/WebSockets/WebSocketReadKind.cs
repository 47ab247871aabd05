namespace Realtime.Protocol.WebSockets;

/// <summary>What came from the peer.</summary>
public enum WebSocketReadKind
{
    /// <summary>A whole text message; it is UTF-8.</summary>
    Text,

    /// <summary>A whole binary message.</summary>
    Binary,

    /// <summary>A ping, to be answered by a pong with the same payload.</summary>
    Ping,

    /// <summary>A pong.</summary>
    Pong,

    /// <summary>The peer closes; nothing follows.</summary>
    Close,

    /// <summary>The peer broke a rule; close with the code and reason given. Nothing more is read.</summary>
    Violation,

    /// <summary>The connection ended without a close frame, maybe inside a frame.</summary>
    EndOfStream,
}
