using Realtime.Loadtests.Results;
using Realtime.Loadtests.Scenarios.Mixed;
using Realtime.Loadtests.Targets;

namespace Realtime.Loadtests.Scenarios.Soak;

/// <summary>
/// The mixed day for long: memory of edge and worker must not grow over the second half. They are processes of their
/// own, since a log in memory grows until its bounds are reached.
/// </summary>
internal sealed class SoakScenario : IScenario
{
    // 20 MiB in 20 minutes would still be a leak worth looking for; what a heap differs by from one minute to the next
    // is more than a line through ten minutes shows.
    private const double MibPerMinuteMax = 1;

    private static readonly TimeSpan SlopeFrom = TimeSpan.FromMinutes(10);

    /// <inheritdoc/>
    public string Name => "soak";

    /// <inheritdoc/>
    public string Summary => "the mixed day for 20 minutes: memory of edge and worker stays flat";

    /// <inheritdoc/>
    public LoadOptions Defaults { get; } =
        MixedScenario.Load with { Warmup = TimeSpan.FromMinutes(1), Duration = TimeSpan.FromMinutes(20) };

    // A line through less than some minutes says nothing.
    /// <inheritdoc/>
    public IReadOnlyList<Threshold> ThresholdsOf(LoadOptions load) =>
    [
        .. MixedScenario.Thresholds,
        .. load.Duration >= SlopeFrom
            ?
            [
                new Threshold("memory_edge_mib_per_minute", MibPerMinuteMax),
                new Threshold("memory_worker_mib_per_minute", MibPerMinuteMax),
            ]
            : Array.Empty<Threshold>(),
    ];

    /// <inheritdoc/>
    public TargetOptions Needs(TargetOptions asked) => asked with { AsProcesses = true };

    /// <inheritdoc/>
    public IScenarioRun CreateRun(ScenarioContext context) => new MixedRun(context);
}
