namespace Realtime.Loadtests.Terminals;

/// <summary>What viewers of terminals speak.</summary>
internal enum TerminalFormat
{
    /// <summary>MessagePack, with LZ4 blocks where that is shorter.</summary>
    MessagePack,

    /// <summary>JSON, the bytes in base64.</summary>
    Json,

    /// <summary>JSON, with LZ4 blocks in base64 where that is shorter.</summary>
    JsonLz4,
}
