using Realtime.Protocol;

namespace Realtime.Client;

/// <summary>Bytes of a terminal; they follow the ones before without a hole, unless a gap stands between.</summary>
/// <param name="Epoch">The terminal's life that the offset belongs to.</param>
/// <param name="Offset">Offset of the first byte.</param>
/// <param name="Data">The bytes: the application's to keep.</param>
/// <param name="Stream">Where the program wrote them; null if the producer did not know.</param>
public sealed record TerminalBytesItem(Epoch Epoch, long Offset, ReadOnlyMemory<byte> Data, TerminalStream? Stream)
    : TerminalItem;
