using Realtime.Protocol;

namespace Realtime.Log;

/// <summary>
/// A position in a terminal: the offset of the next byte wanted, and the epoch it belongs to (none = whichever it is).
/// </summary>
public readonly record struct TerminalCursor(long Offset, Epoch Epoch);
