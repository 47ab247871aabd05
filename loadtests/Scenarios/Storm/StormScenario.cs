using Realtime.Loadtests.Results;
using Realtime.Loadtests.Scenarios.FanOut;

namespace Realtime.Loadtests.Scenarios.Storm;

/// <summary>
/// The load of <see cref="FanOutScenario"/>, first in peace, then beside storms of connection attempts: what the
/// viewers that are there feel of it. As many attempts in a second as <c>connect-rate</c> says.
/// </summary>
internal sealed class StormScenario : IScenario
{
    /// <summary>Latency beside storms to latency in peace.</summary>
    public const string Ratio = "storm_p99_ratio";

    /// <summary>As in the fan-out's defaults; here the rate is the storm's.</summary>
    public const int ViewersPerSecond = 200;

    /// <inheritdoc/>
    public string Name => "storm";

    /// <inheritdoc/>
    public string Summary => "5,000 connection attempts in a second, every five: latency of the viewers that are there";

    /// <inheritdoc/>
    public LoadOptions Defaults { get; } = new()
    {
        Clients = 1_000,
        Agents = 100,
        Rate = 100,
        PayloadBytes = 200,
        Publishers = 4,
        ConnectRate = 5_000,
        Warmup = TimeSpan.FromSeconds(10),
        Duration = TimeSpan.FromSeconds(30),
    };

    /// <inheritdoc/>
    public IReadOnlyList<Threshold> ThresholdsOf(LoadOptions load) =>
    [
        new(Ratio, 2),
        new(FigureNames.Missing, 0),
        new(FigureNames.Duplicates, 0),
        new(FigureNames.OutOfOrder, 0),
        new(FigureNames.Disconnected, 0),
        new(FigureNames.Refused, 0),
    ];

    /// <inheritdoc/>
    public IScenarioRun CreateRun(ScenarioContext context) => new StormRun(context);
}
