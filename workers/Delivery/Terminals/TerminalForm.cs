namespace Realtime.Workers.Delivery.Terminals;

/// <summary>How terminal bytes look on a connection.</summary>
internal enum TerminalForm
{
    /// <summary>JSON with the bytes in base64.</summary>
    Base64,

    /// <summary>JSON with an LZ4 block in base64 where that is shorter, for clients that asked for it.</summary>
    Lz4Base64,

    /// <summary>MessagePack with the bytes themselves, or an LZ4 block where that is shorter.</summary>
    MessagePack,
}
