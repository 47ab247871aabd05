using Realtime.Loadtests.Results;
using Realtime.Loadtests.Scenarios.Mixed;
using Realtime.Loadtests.Targets;

namespace Realtime.Loadtests.Scenarios.Soak;

/// <summary>
/// The mixed day for long: what edge and worker keep must not grow over the second half, and Redis by no more than what
/// is published. They are processes of their own, since a log in memory grows until its bounds are reached.
/// </summary>
internal sealed class SoakScenario : IScenario
{
    // 20 MiB in 20 minutes would still be a leak worth looking for; what readings behind full collections differ by is
    // less than that over ten minutes.
    private const double MibPerMinuteMax = 1;

    // What Redis may hold of an event besides its payload, while it holds all: envelope, names, its share of the
    // stream's nodes, state and allocator. Terminals have reached their bounds in the first half.
    private const int BytesBesidesPayload = 824;
    private const double Mib = 1024 * 1024;

    private static readonly TimeSpan SlopeFrom = TimeSpan.FromMinutes(10);

    /// <summary>Those whose memory is judged.</summary>
    public static IReadOnlyList<string> Processes { get; } = ["edge", "worker", "redis"];

    /// <inheritdoc/>
    public string Name => "soak";

    /// <inheritdoc/>
    public string Summary => "the mixed day for 20 minutes: what edge and worker keep stays flat";

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
                new Threshold(SoakRun.GrowthOf("edge"), MibPerMinuteMax),
                new Threshold(SoakRun.GrowthOf("worker"), MibPerMinuteMax),
                new Threshold(SoakRun.GrowthOf("redis"), RedisMibPerMinuteMax(load)),
            ]
            : Array.Empty<Threshold>(),
    ];

    /// <inheritdoc/>
    public TargetOptions Needs(TargetOptions asked) => asked with { AsProcesses = true };

    /// <inheritdoc/>
    public IScenarioRun CreateRun(ScenarioContext context) => new SoakRun(context);

    private static double RedisMibPerMinuteMax(LoadOptions load) => Math.Ceiling(
        load.Rate * TimeSpan.FromMinutes(1).TotalSeconds * (load.PayloadBytes + BytesBesidesPayload) / Mib);
}
