namespace Realtime.Edge.Draining;

/// <summary>Whether a worker lets the connections of this edge go.</summary>
/// <param name="Worker">Its id.</param>
/// <param name="Ordered">Whether it took the order.</param>
/// <param name="Error">Why not, as of the last attempt.</param>
internal sealed record OrderedWorker(string Worker, bool Ordered, string? Error);
