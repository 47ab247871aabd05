namespace Realtime.Workers.Stamp;

/// <summary>On whose word a request to <c>/internal</c> is served.</summary>
/// <param name="Edge">The edge that an operator asked.</param>
/// <param name="IssuedAt">When the word was given, by this worker's clock as the edge knows it.</param>
internal sealed record Operator(string Edge, DateTimeOffset IssuedAt);
