namespace Realtime.Protocol;

/// <summary>Who writes a terminal: two producers at one end are told apart by it.</summary>
/// <param name="Producer">The producer: a name.</param>
/// <param name="Epoch">Which life of it, 0 to 2^53 - 1: the next one has a higher number.</param>
public readonly record struct ProducerClaim(string Producer, long Epoch);
