namespace Realtime.Protocol.MessagePack;

/// <summary>What is wrong with bytes that should be one value.</summary>
internal enum MessagePackFault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>They are no MessagePack, or cut off.</summary>
    Damaged,

    /// <summary>Arrays and maps are nested deeper than allowed.</summary>
    TooDeep,

    /// <summary>A text is not UTF-8.</summary>
    NotUtf8,

    /// <summary>Something stands behind the value.</summary>
    NotAlone,
}
