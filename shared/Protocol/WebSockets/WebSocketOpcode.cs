namespace Realtime.Protocol.WebSockets;

/// <summary>What a frame is (RFC 6455, section 5.2).</summary>
public enum WebSocketOpcode : byte
{
    /// <summary>Goes on with the message begun by an earlier frame.</summary>
    Continuation = 0x0,

    /// <summary>Text, UTF-8.</summary>
    Text = 0x1,

    /// <summary>Bytes.</summary>
    Binary = 0x2,

    /// <summary>The end of the connection, with code and reason.</summary>
    Close = 0x8,

    /// <summary>Asks for a pong.</summary>
    Ping = 0x9,

    /// <summary>Answers a ping.</summary>
    Pong = 0xa,
}
