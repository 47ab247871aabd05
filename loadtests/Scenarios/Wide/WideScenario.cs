using Realtime.Loadtests.Results;
using Realtime.Loadtests.Scenarios.FanOut;

namespace Realtime.Loadtests.Scenarios.Wide;

/// <summary>
/// Each viewer watches agents of its own: nothing is shared but the path, so that what a connection costs shows, and
/// not what an event does.
/// </summary>
internal sealed class WideScenario : IScenario
{
    /// <inheritdoc/>
    public string Name => "wide";

    /// <inheritdoc/>
    public string Summary => "each viewer has agents of its own: no fan-out; latency, nothing lost, CPU";

    /// <inheritdoc/>
    public LoadOptions Defaults { get; } = new()
    {
        Clients = 1_000,
        Agents = 5_000,
        AgentsEach = 5,
        Rate = 1_000,
        PayloadBytes = 200,
        Publishers = 4,
        ConnectRate = 200,
        Warmup = TimeSpan.FromSeconds(10),
        Duration = TimeSpan.FromSeconds(30),
    };

    /// <inheritdoc/>
    public IReadOnlyList<Threshold> ThresholdsOf(LoadOptions load) =>
        [new(FigureNames.LatencyP95, 20), new(FigureNames.LatencyP99, 30), .. ExactThresholds.OfEvents];

    /// <inheritdoc/>
    public IScenarioRun CreateRun(ScenarioContext context) => new FanOutRun(context);
}
