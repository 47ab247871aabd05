namespace Realtime.Log;

/// <summary>Consecutive bytes of one source; or a record, which stands between two bytes and has none itself.</summary>
/// <param name="Offset">Offset of the first byte; of a record, of the byte that follows it.</param>
/// <param name="Data">1 byte to 32 KiB; empty for a record.</param>
/// <param name="Source">Where they come from.</param>
/// <param name="AppendedMs">When they were appended, by the log's clock.</param>
/// <param name="Size">For a record: the size from here on; else null.</param>
/// <param name="Record">For a record: its number among those at its offset, from 1; else 0. Only the newest one at an
/// offset is kept, since nothing can be seen between two of them.</param>
public readonly record struct TerminalChunk(
    long Offset,
    ReadOnlyMemory<byte> Data,
    TerminalSource Source,
    long AppendedMs,
    TerminalSize? Size = null,
    int Record = 0);
