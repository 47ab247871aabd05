using Realtime.Loadtests.Measuring;

namespace Realtime.Loadtests.Steps;

/// <summary>What became of a step in a whole run.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Ok">How often it went well, warm-up included.</param>
/// <param name="Failed">How often it failed.</param>
/// <param name="FirstFailure">Why it failed first.</param>
/// <param name="Latency">Of what was due in the measured time.</param>
/// <param name="Samples">Interval by interval, as <see cref="Timeline.Seconds"/> says.</param>
internal sealed record StepResult(
    string Name, long Ok, long Failed, string? FirstFailure, Histogram Latency, IReadOnlyList<StepSample> Samples);
