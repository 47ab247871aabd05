namespace Realtime.Protocol.WebSockets;

/// <summary>Limits on what a peer may send, and which side this is.</summary>
public sealed record WebSocketReaderOptions
{
    /// <summary>Bytes of one message, over all its fragments; 128 to 16,777,216, default 65,536.</summary>
    public int MessageBytesMax { get; init; } = 65_536;

    /// <summary>Fragments of one message; 1 to 65,536, default 128.</summary>
    public int FragmentsMax { get; init; } = 128;

    /// <summary>
    /// True on a server (clients must mask), false on a client (servers must not); default true.
    /// </summary>
    public bool PeerMasks { get; init; } = true;

    /// <summary>
    /// Asked before the buffer of a message grows by so many bytes, for a limit that all connections share; false ends
    /// the reading with a violation, 1013. Default: none.
    /// </summary>
    public Func<int, bool>? Reserve { get; init; }

    /// <summary>Told how many of the reserved bytes are free again; default: none.</summary>
    public Action<int>? Release { get; init; }
}
