namespace Realtime.Log;

/// <summary>What became of one event of a batch.</summary>
/// <param name="Status">Stored, known already, or why it was refused.</param>
/// <param name="Position">Where the event stands if it was stored, now or earlier; else default.</param>
public readonly record struct AppendOutcome(AppendStatus Status, StreamCursor Position);
