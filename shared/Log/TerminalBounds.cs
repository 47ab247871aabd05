using Realtime.Protocol;

namespace Realtime.Log;

/// <summary>What of a terminal is retained.</summary>
/// <param name="Epoch">Its present epoch.</param>
/// <param name="Start">Offset of the first byte retained.</param>
/// <param name="End">Offset after the last byte.</param>
/// <param name="ExitCode">Its exit code if it has ended, else null.</param>
/// <param name="Records">Number of the newest resize at <paramref name="End"/>, 0 if bytes came last: with it, a
/// reader that has all bytes sees that there is more.</param>
/// <param name="Size">The size that it has now; null if nobody ever told.</param>
public readonly record struct TerminalBounds(
    Epoch Epoch, long Start, long End, int? ExitCode, int Records = 0, TerminalSize? Size = null);
