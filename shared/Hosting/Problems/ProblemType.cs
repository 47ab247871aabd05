namespace Realtime.Hosting.Problems;

/// <summary>What every problem of one code has in common.</summary>
/// <param name="Title">The same words for every occurrence (RFC 9457, 3.1.3).</param>
/// <param name="Retry">Whether the same request may succeed later.</param>
internal readonly record struct ProblemType(string Title, bool Retry);
