using Realtime.Protocol;

namespace Realtime.Client;

/// <summary>Where a terminal stands after an append.</summary>
/// <param name="End">Offset after its last byte: where the next append begins.</param>
/// <param name="Epoch">Its epoch.</param>
/// <param name="IsDuplicate">Whether all of the bytes were there before.</param>
public sealed record TerminalAppended(long End, Epoch Epoch, bool IsDuplicate);
