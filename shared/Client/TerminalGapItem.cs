using Realtime.Protocol.Messages;

namespace Realtime.Client;

/// <summary>Bytes that should have come are gone.</summary>
/// <param name="After">Offset after the last byte before the gap, with its epoch if the server told it.</param>
/// <param name="ResumesAt">Offset, and epoch, of the first byte that comes after it.</param>
/// <param name="Missing">How many are missing; null if nobody can know.</param>
/// <param name="Reason">Why.</param>
public sealed record TerminalGapItem(TerminalFrom After, TerminalFrom ResumesAt, long? Missing, GapReason Reason)
    : TerminalItem;
