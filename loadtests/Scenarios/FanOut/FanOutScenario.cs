using Realtime.Loadtests.Results;

namespace Realtime.Loadtests.Scenarios.FanOut;

/// <summary>
/// Many viewers, each of one agent; events of all agents are published on an open-loop schedule:
/// <code>
///   due k --> POST /v1/events --> edge --> worker --> edge --> viewer n of agent n mod agents --> callback
///     |______________________________________ latency ________________________________________________|
/// </code>
/// </summary>
internal sealed class FanOutScenario : IScenario
{
    // DESIGN.md section 13: up to this many clients the first line of the table holds, beyond it the second.
    private const int SmallClientsMax = 1_000;

    /// <inheritdoc/>
    public string Name => "fan-out";

    /// <inheritdoc/>
    public string Summary => "events of many agents to many viewers: latency from due to callback, nothing lost, CPU";

    /// <inheritdoc/>
    public LoadOptions Defaults { get; } = new()
    {
        Clients = 1_000,
        Agents = 100,
        Rate = 100,
        PayloadBytes = 200,
        Publishers = 4,
        ConnectRate = 200,
        Warmup = TimeSpan.FromSeconds(10),
        Duration = TimeSpan.FromSeconds(30),
    };

    /// <inheritdoc/>
    public IReadOnlyList<Threshold> ThresholdsOf(LoadOptions load) =>
    [
        new(FigureNames.LatencyP95, load.Clients <= SmallClientsMax ? 20 : 100),
        new(FigureNames.LatencyP99, load.Clients <= SmallClientsMax ? 50 : 200),
        new(FigureNames.Missing, 0),
        new(FigureNames.Duplicates, 0),
        new(FigureNames.OutOfOrder, 0),
        new(FigureNames.Misrouted, 0),
        new(FigureNames.Disconnected, 0),
        new(FigureNames.Refused, 0),
    ];

    /// <inheritdoc/>
    public IScenarioRun CreateRun(ScenarioContext context) => new FanOutRun(context);
}
