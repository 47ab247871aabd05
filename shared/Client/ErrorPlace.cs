namespace Realtime.Client;

/// <summary>One thing that was wrong with a request.</summary>
/// <param name="Where">The place: a JSON pointer into the body, or <c>query: limit</c>, or
/// <c>header: Content-Type</c>.</param>
/// <param name="Detail">What is wrong there.</param>
public readonly record struct ErrorPlace(string Where, string Detail);
