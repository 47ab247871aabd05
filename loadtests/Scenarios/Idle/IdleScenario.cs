using Realtime.Loadtests.Results;

namespace Realtime.Loadtests.Scenarios.Idle;

/// <summary>
/// Many viewers of agents that say nothing: what a connection costs in memory while it waits, and in CPU to open and to
/// keep.
/// </summary>
internal sealed class IdleScenario : IScenario
{
    // DESIGN.md section 13.
    private const double KibPerConnectionMax = 40;

    /// <inheritdoc/>
    public string Name => "idle";

    /// <inheritdoc/>
    public string Summary =>
        "viewers of quiet agents: memory of the server for each connection, CPU to open and keep them";

    /// <inheritdoc/>
    public LoadOptions Defaults { get; } = new()
    {
        Clients = 1_000,
        Agents = 100,
        ConnectRate = 200,
        Warmup = TimeSpan.FromSeconds(10),
        Duration = TimeSpan.FromSeconds(30),
    };

    /// <inheritdoc/>
    public IReadOnlyList<Threshold> ThresholdsOf(LoadOptions load) =>
    [
        new(FigureNames.MemoryPerConnection, KibPerConnectionMax),
        new(FigureNames.Disconnected, 0),
    ];

    /// <inheritdoc/>
    public IScenarioRun CreateRun(ScenarioContext context) => new IdleRun(context);
}
