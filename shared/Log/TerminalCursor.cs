using Realtime.Protocol;

namespace Realtime.Log;

/// <summary>
/// A position in a terminal: the offset of the next byte wanted, and the epoch it belongs to (none = whichever it is).
/// </summary>
/// <param name="Offset">Offset of the next byte wanted.</param>
/// <param name="Epoch">The epoch that the offset belongs to.</param>
/// <param name="Records">Number of the newest record at the offset that was read already; 0 = none, so that they come
/// (again). Known only inside a process: on the wire a position is offset and epoch.</param>
public readonly record struct TerminalCursor(long Offset, Epoch Epoch, int Records = 0)
{
    /// <summary>The position behind a chunk that was read from here.</summary>
    public TerminalCursor After(TerminalChunk chunk) => chunk.Record > 0
        ? this with { Offset = chunk.Offset, Records = chunk.Record }
        : new(chunk.Offset + chunk.Data.Length, Epoch);
}
