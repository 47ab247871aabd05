using Realtime.Loadtests.Results;
using Realtime.Loadtests.Targets;

namespace Realtime.Loadtests.Scenarios.SlowAmongFast;

/// <summary>
/// The load of the fan-out, first alone, then beside viewers of all agents that take less than comes; in the end they
/// go on at full speed. Nobody else may feel them, edge and worker hold little for them, and they lose nothing:
/// <code>
///   |-- alone --|-- memory --|-- beside slow ones --|-- memory, while they are behind --|-- they go on --|
/// </code>
/// Edge and worker are processes of their own, since a log in the same one grows by what is published.
/// </summary>
internal sealed class SlowAmongFastScenario : IScenario
{
    /// <summary>Latency beside slow viewers to latency without them.</summary>
    public const string LatencyRatio = "latency_p95_slow_to_alone";

    // So much that the backlog of each, half of what comes, is beyond what kernels hold: edge and worker have to hold
    // it, or, as they should, not.
    private const int PayloadBytes = 2_000;

    // What one run differs from another by chance on a busy machine; one that is waited for makes it many times more.
    private const double LatencyRatioMax = 1.5;

    private const double MemoryGrowthMibMax = 16;

    /// <inheritdoc/>
    public string Name => "slow-among-fast";

    /// <inheritdoc/>
    public string Summary => "viewers that read too slowly among others: latency of the others, the slow lose nothing";

    /// <inheritdoc/>
    public LoadOptions Defaults { get; } = new()
    {
        Clients = 500,
        SlowClients = 20,
        Agents = 50,
        Rate = 200,
        PayloadBytes = PayloadBytes,
        Publishers = 4,
        ConnectRate = 200,
        Warmup = TimeSpan.FromSeconds(5),
        Duration = TimeSpan.FromSeconds(30),
    };

    /// <inheritdoc/>
    public IReadOnlyList<Threshold> ThresholdsOf(LoadOptions load) =>
    [
        new(FigureNames.LatencyP95, 20),
        new(FigureNames.LatencyP99, 30),
        new(LatencyRatio, LatencyRatioMax),
        .. SlowAmongFastRun.Processes.Select(process =>
            new Threshold(SlowAmongFastRun.GrowthOf(process), MemoryGrowthMibMax)),
        .. ExactThresholds.OfEvents,
        new("slow_missing", 0),
        new("slow_duplicates", 0),
        new("slow_out_of_order", 0),
        new("slow_disconnected", 0),
        new("slow_behind_at_end", 1, IsLeast: true),
    ];

    /// <inheritdoc/>
    public TargetOptions Needs(TargetOptions asked) => asked with { AsProcesses = true };

    /// <inheritdoc/>
    public IScenarioRun CreateRun(ScenarioContext context) => new SlowAmongFastRun(context);
}
