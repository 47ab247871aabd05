namespace Realtime.Hosting.Problems;

/// <summary>One thing that is wrong with a request.</summary>
/// <param name="Where">A JSON pointer into the body (<c>/3/channel</c>), or <c>query: limit</c>, or <c>header:
/// Content-Type</c>.</param>
/// <param name="Detail">What is wrong, and the rule.</param>
public readonly record struct ProblemError(string Where, string Detail);
