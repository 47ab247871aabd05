using Realtime.Protocol;

namespace Realtime.Log;

/// <summary>What of a terminal is retained.</summary>
/// <param name="Epoch">Its present epoch.</param>
/// <param name="Start">Offset of the first byte retained.</param>
/// <param name="End">Offset after the last byte.</param>
/// <param name="ExitCode">Its exit code if it has ended, else null.</param>
public readonly record struct TerminalBounds(Epoch Epoch, long Start, long End, int? ExitCode);
