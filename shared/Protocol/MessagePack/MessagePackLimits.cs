namespace Realtime.Protocol.MessagePack;

/// <summary>Limits on one value with everything in it.</summary>
/// <param name="Depth">Arrays and maps inside each other, 0 to 128; a number alone has depth 0, <c>[]</c> has
/// 1.</param>
/// <param name="Values">Values in all, the outermost, keys and values of maps included; 1 or more.</param>
/// <param name="Bytes">Bytes in MessagePack, 1 or more.</param>
public readonly record struct MessagePackLimits(int Depth, int Values, int Bytes)
{
    /// <summary>The largest <see cref="Depth"/> allowed: values are walked with a stack of that size.</summary>
    public const int DepthMax = 128;

    /// <summary>Depth 32, 65,536 values, 1 MiB.</summary>
    public static readonly MessagePackLimits Default = new(32, 65_536, 1024 * 1024);

    /// <summary>
    /// For what was checked before it was stored: wide enough for every setting of the limits on publishing, so that a
    /// limit that was lowered since makes nothing unreadable. Depth 128, 4 million values, 16 MiB.
    /// </summary>
    public static readonly MessagePackLimits Stored = new(DepthMax, 4 * 1024 * 1024, 16 * 1024 * 1024);
}
