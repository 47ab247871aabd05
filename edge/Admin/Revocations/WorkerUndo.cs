namespace Realtime.Edge.Admin.Revocations;

/// <summary>What one worker did of an order to undo a revocation.</summary>
/// <param name="Worker">Its id.</param>
/// <param name="Undone">Whether there was one, there or in the log.</param>
/// <param name="Error">Why nothing was done; null if it was.</param>
internal sealed record WorkerUndo(string Worker, bool Undone, string? Error);
