namespace Realtime.Log;

/// <summary>
/// The answer to an append: one outcome per event, in order, and the pressure on the stream afterwards.
/// </summary>
public sealed record AppendResult(IReadOnlyList<AppendOutcome> Outcomes, Pressure Pressure);
