namespace Realtime.Client;

/// <summary>
/// What a client and the server speak on their connection. The same messages, and the same items of them.
/// </summary>
public enum WireFormat
{
    /// <summary>MessagePack, with the bytes of terminals as LZ4 where that is smaller.</summary>
    MessagePack,

    /// <summary>JSON, which one can read along.</summary>
    Json,
}
