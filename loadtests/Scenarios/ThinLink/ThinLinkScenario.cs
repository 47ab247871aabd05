using Realtime.Loadtests.Results;

namespace Realtime.Loadtests.Scenarios.ThinLink;

/// <summary>
/// One viewer behind a link of 256 kbit/s that watches three flooding terminals and all statuses on one socket:
/// statuses must come in time, and terminals get the rest of the link.
/// </summary>
internal sealed class ThinLinkScenario : IScenario
{
    /// <summary>256 kbit/s.</summary>
    public const int LinkBytesPerSecond = 32_000;

    /// <summary>What of the link terminals did not get.</summary>
    public const string NotTerminalPercent = "link_not_for_terminals_percent";

    /// <inheritdoc/>
    public string Name => "thin-link";

    /// <inheritdoc/>
    public string Summary =>
        "statuses and three flooding terminals on one socket over 256 kbit/s: latency of statuses, share of terminals";

    /// <inheritdoc/>
    public LoadOptions Defaults { get; } = new()
    {
        Clients = 1,
        Agents = 10,
        Rate = 10,
        PayloadBytes = 120,
        Publishers = 1,
        Warmup = TimeSpan.FromSeconds(5),
        Duration = TimeSpan.FromSeconds(30),
    };

    /// <inheritdoc/>
    public IReadOnlyList<Threshold> ThresholdsOf(LoadOptions load) =>
    [
        new(FigureNames.LatencyP99, 400),
        new(NotTerminalPercent, 50),
        new(FigureNames.Missing, 0),
        new(FigureNames.Disconnected, 0),
        new(FigureNames.Refused, 0),
    ];

    /// <inheritdoc/>
    public IScenarioRun CreateRun(ScenarioContext context) => new ThinLinkRun(context);
}
