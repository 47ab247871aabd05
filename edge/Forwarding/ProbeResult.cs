using Realtime.Hosting.Health;

namespace Realtime.Edge.Forwarding;

/// <summary>What a probe found.</summary>
/// <param name="State">In one word.</param>
/// <param name="Report">What the worker said of itself, if it did.</param>
/// <param name="IsSilent">No answer, and no refusal either.</param>
/// <param name="Error">Why there is no answer.</param>
internal readonly record struct ProbeResult(
    WorkerState State, ReadinessReport? Report = null, bool IsSilent = false, string? Error = null)
{
    /// <summary>Stands among the reasons of a worker that does not believe this edge.</summary>
    public const string KeysReason = "keys";

    /// <summary>Whether the worker does not believe this edge.</summary>
    public bool HasOtherKeys => Report?.Reasons.Contains(KeysReason) == true;

    /// <summary>It answered, and finds this edge's stamps wrong: whatever it got, it would refuse.</summary>
    public static ProbeResult OtherKeys(WorkerState state, ReadinessReport report) => new(
        state == WorkerState.Ready ? WorkerState.Unready : state,
        report with { Reasons = [.. report.Reasons, KeysReason] });

    /// <summary>Nothing came in time.</summary>
    public static ProbeResult Late(TimeSpan waited) =>
        new(WorkerState.Unreachable, IsSilent: true, Error: $"no answer within {waited.TotalMilliseconds:0} ms");
}
