namespace Realtime.Log;

/// <summary>Consecutive bytes of one source.</summary>
/// <param name="Offset">Offset of the first byte.</param>
/// <param name="Data">1 byte to 32 KiB.</param>
/// <param name="Source">Where they come from.</param>
/// <param name="AppendedMs">When they were appended, by the log's clock.</param>
public readonly record struct TerminalChunk(
    long Offset, ReadOnlyMemory<byte> Data, TerminalSource Source, long AppendedMs);
