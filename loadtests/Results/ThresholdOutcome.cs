namespace Realtime.Loadtests.Results;

/// <summary>A threshold and what was measured.</summary>
/// <param name="Threshold">The limit.</param>
/// <param name="Value">What was measured; null if there is no such figure, which fails too.</param>
internal sealed record ThresholdOutcome(Threshold Threshold, double? Value)
{
    /// <summary>Whether it was kept.</summary>
    public bool Passed => Value is { } value && Threshold.IsKeptBy(value);
}
