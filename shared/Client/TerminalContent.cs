using Realtime.Protocol;

namespace Realtime.Client;

/// <summary>Bytes of a terminal, read once.</summary>
/// <param name="Data">The bytes.</param>
/// <param name="Epoch">The terminal's life that the offsets belong to.</param>
/// <param name="Offset">Offset of the first byte.</param>
/// <param name="End">Offset after the last byte that there was when it was asked for.</param>
/// <param name="ExitCode">The exit code, if the terminal has ended.</param>
public sealed record TerminalContent(ReadOnlyMemory<byte> Data, Epoch Epoch, long Offset, long End, int? ExitCode);
