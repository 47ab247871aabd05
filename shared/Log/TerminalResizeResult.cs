using Realtime.Protocol;

namespace Realtime.Log;

/// <summary>The answer to a resize.</summary>
/// <param name="Status">Resized, the same as before, or refused.</param>
/// <param name="End">The offset after the terminal's last byte: from there on the size holds.</param>
/// <param name="Epoch">Its epoch.</param>
public readonly record struct TerminalResizeResult(TerminalResizeStatus Status, long End, Epoch Epoch);
