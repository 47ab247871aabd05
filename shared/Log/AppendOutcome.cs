namespace Realtime.Log;

/// <summary>What became of one event of a batch.</summary>
/// <param name="Status">Stored, known already, or why it was refused.</param>
/// <param name="Position">
/// Where the event stands if it was stored, now or earlier; else default. Also default if it was stored so long ago
/// that its number is known and its place is not.
/// </param>
public readonly record struct AppendOutcome(AppendStatus Status, StreamCursor Position)
{
    /// <summary>The number that the producer is to go on with, if there is a gap; else 0.</summary>
    public long ExpectedSeq { get; init; }
}
