namespace Realtime.Workers.Stamp;

/// <summary>On whose word a request to <c>/internal</c> is served.</summary>
/// <param name="Edge">The edge that an operator asked.</param>
internal sealed record Operator(string Edge);
