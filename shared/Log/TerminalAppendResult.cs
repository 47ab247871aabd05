using Realtime.Protocol;

namespace Realtime.Log;

/// <summary>The answer to a terminal append.</summary>
/// <param name="Status">Stored, known already, or why it was refused.</param>
/// <param name="End">The offset after the terminal's last byte: where the next append is expected.</param>
/// <param name="Epoch">
/// The terminal's present epoch; none if there is no such terminal, which appending nothing doesn't make.
/// </param>
/// <param name="Pressure">How far its slowest live reader is behind, in bytes.</param>
public readonly record struct TerminalAppendResult(
    TerminalAppendStatus Status, long End, Epoch Epoch, Pressure Pressure)
{
    /// <summary>How many of the bytes were new, and are stored.</summary>
    public int StoredBytes { get; init; }
}
