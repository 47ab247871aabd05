using Realtime.Protocol;

namespace Realtime.Log;

/// <summary>The answer to ending a terminal.</summary>
/// <param name="Status">Ended now, ended before, or unknown.</param>
/// <param name="ExitCode">The exit code it ended with: the first one given stays.</param>
/// <param name="End">The offset after its last byte.</param>
/// <param name="Epoch">Its epoch.</param>
public readonly record struct TerminalEndResult(TerminalEndStatus Status, int ExitCode, long End, Epoch Epoch);
