using Realtime.Loadtests.Results;

namespace Realtime.Loadtests.Scenarios.SlowAmongFast;

/// <summary>
/// The load of the fan-out, and beside it viewers of all agents that take less than comes; in the end they go on at
/// full speed. Nobody else may feel them, and they lose nothing.
/// </summary>
internal sealed class SlowAmongFastScenario : IScenario
{
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
        PayloadBytes = 200,
        Publishers = 4,
        ConnectRate = 200,
        Warmup = TimeSpan.FromSeconds(5),
        Duration = TimeSpan.FromSeconds(30),
    };

    /// <inheritdoc/>
    public IReadOnlyList<Threshold> ThresholdsOf(LoadOptions load) =>
    [
        new(FigureNames.LatencyP95, 20),
        new(FigureNames.LatencyP99, 50),
        .. ExactThresholds.OfEvents,
        new("slow_missing", 0),
        new("slow_duplicates", 0),
        new("slow_out_of_order", 0),
        new("slow_disconnected", 0),
        new("slow_behind_at_end", 1, IsLeast: true),
    ];

    /// <inheritdoc/>
    public IScenarioRun CreateRun(ScenarioContext context) => new SlowAmongFastRun(context);
}
