namespace Realtime.Loadtests.Steps;

/// <summary>What became of a step in one interval of a run.</summary>
/// <param name="Ok">How often it went well.</param>
/// <param name="Failed">How often it failed.</param>
/// <param name="P50">Of what was measured in it, in microseconds; 0 if nothing was.</param>
/// <param name="P95">Likewise.</param>
/// <param name="P99">Likewise.</param>
internal readonly record struct StepSample(long Ok, long Failed, long P50, long P95, long P99);
