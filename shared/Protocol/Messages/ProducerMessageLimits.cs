namespace Realtime.Protocol.Messages;

/// <summary>Limits on what a producer may put into its messages.</summary>
/// <param name="BodyBytesMax">Bytes of one terminal append, or of the events of one publish; default 1 MiB.</param>
/// <param name="MessagesPerFrame">Messages in one array, default 64.</param>
public sealed record ProducerMessageLimits(int BodyBytesMax = 1024 * 1024, int MessagesPerFrame = 64)
{
    /// <summary>
    /// The highest offset that an append may name: 2^53 - 1, which numbers of JavaScript hold exactly, less the bytes
    /// of one append. The log's limit is the same.
    /// </summary>
    public const long OffsetMax = (1L << 53) - 1 - (1024 * 1024);

    /// <summary>Most columns or rows of a terminal.</summary>
    public const int SizeMax = 1000;

    // Far deeper than any payload may be, so that a payload that is too deep is told by its place.
    internal const int DepthMax = 1024;
}
