namespace Realtime.Edge.Forwarding;

/// <summary>How a worker's breaker stands.</summary>
/// <param name="State">Closed, open or half open.</param>
/// <param name="Failures">Failures in a row, of attempts or probes, whichever are more; counted to the limit.</param>
/// <param name="Opened">How often it has opened since the edge started.</param>
/// <param name="OpenUntil">
/// When it lets the next attempt through, in ms since 1970, unless a probe says so sooner.
/// </param>
internal readonly record struct BreakerReport(BreakerState State, int Failures, long Opened, long? OpenUntil);
