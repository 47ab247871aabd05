namespace Realtime.Log;

/// <summary>
/// The number that a producer gave an event. The log stores the events of one producer, group and epoch once, in the
/// order of their numbers, without holes.
/// </summary>
/// <param name="Producer">The producer: a name without a slash.</param>
/// <param name="Group">What is counted by itself: the partition group of the event, a name without a slash.</param>
/// <param name="Epoch">Which life of the producer, 0 to 2^53 - 1; a lower one than was seen is refused.</param>
/// <param name="Seq">The number, 1 to 2^53 - 1.</param>
public readonly record struct ProducerNumber(string Producer, string Group, long Epoch, long Seq);
