using Realtime.Loadtests.Results;
using Realtime.Loadtests.Scenarios.TerminalStreams;
using Realtime.Loadtests.Terminals;

namespace Realtime.Loadtests.Scenarios.TerminalWall;

/// <summary>Many terminals, each with many viewers: clients with a wall of them, all on one socket.</summary>
internal sealed class TerminalWallScenario : IScenario
{
    /// <inheritdoc/>
    public string Name => "terminal-wall";

    /// <inheritdoc/>
    public string Summary =>
        "walls of nine terminals on one socket each, many to many: latency of writes, every byte exact";

    /// <inheritdoc/>
    public LoadOptions Defaults { get; } = new()
    {
        Clients = 50,
        ConnectRate = 50,
        Warmup = TimeSpan.FromSeconds(5),
        Duration = TimeSpan.FromSeconds(30),
        Terminal = new TerminalLoadOptions { Count = 18, Each = 9, WriteRate = 20, WriteBytes = 2_000 },
    };

    /// <inheritdoc/>
    public IReadOnlyList<Threshold> ThresholdsOf(LoadOptions load) =>
        [.. TerminalThresholds.Of(load).Where(threshold => threshold.Figure != FigureNames.WirePercent)];

    /// <inheritdoc/>
    public IScenarioRun CreateRun(ScenarioContext context) => new TerminalStreamsRun(context);
}
