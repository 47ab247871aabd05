namespace Realtime.Log;

/// <summary>
/// The latest value of a state key: the event that holds it, under the id and epoch it was appended with.
/// </summary>
public readonly record struct StateValue(string StateKey, StreamCursor Position, ReadOnlyMemory<byte> Envelope);
