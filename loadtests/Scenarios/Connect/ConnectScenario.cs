using Realtime.Loadtests.Load;
using Realtime.Loadtests.Results;

namespace Realtime.Loadtests.Scenarios.Connect;

/// <summary>
/// Connections at a rate that rises: what a handshake takes, step by step, and how far it goes until it takes longer.
/// Each stays until the end, so that connections are many as well.
/// </summary>
internal sealed class ConnectScenario : IScenario
{
    private const double ConnectP99MsMax = 100;

    /// <inheritdoc/>
    public string Name => "connect";

    /// <inheritdoc/>
    public string Summary =>
        "connections at a rising rate: time of TLS, upgrade and subscription from when each was due";

    /// <inheritdoc/>
    public LoadOptions Defaults { get; } = new()
    {
        Agents = 100,
        Simulations = [LoadSimulation.RampingInject(20, 200, TimeSpan.FromSeconds(20))],
        Warmup = TimeSpan.FromSeconds(5),
        Duration = TimeSpan.FromSeconds(20),
    };

    /// <inheritdoc/>
    public IReadOnlyList<Threshold> ThresholdsOf(LoadOptions load) =>
    [
        new(ConnectRun.ConnectP99, ConnectP99MsMax),
        new(FigureNames.Refused, 0),
        new(FigureNames.Disconnected, 0),
    ];

    /// <inheritdoc/>
    public IScenarioRun CreateRun(ScenarioContext context) => new ConnectRun(context);
}
