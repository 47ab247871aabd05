namespace Realtime.Protocol.Events;

/// <summary>The number that a producer gave an event, so that it is stored once and in its place.</summary>
/// <param name="Producer">The producer: a name.</param>
/// <param name="Epoch">Which life of it, 0 to 2^53 - 1: the next one has a higher number.</param>
/// <param name="Seq">
/// The event's number among those of its group in this life, 1 to 2^53 - 1, without holes.
/// </param>
public readonly record struct ProducerMark(string Producer, long Epoch, long Seq)
{
    /// <summary>The highest epoch and number: what doubles hold exactly, in scripts and in JavaScript.</summary>
    public const long NumberMax = (1L << 53) - 1;
}
