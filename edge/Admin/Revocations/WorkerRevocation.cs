namespace Realtime.Edge.Admin.Revocations;

/// <summary>What one worker did of an order to revoke.</summary>
/// <param name="Worker">Its id.</param>
/// <param name="Applied">Whether it holds there.</param>
/// <param name="Disconnected">How many connections it ended.</param>
/// <param name="Error">Why it does not hold; null if it does.</param>
internal sealed record WorkerRevocation(string Worker, bool Applied, long Disconnected, string? Error);
