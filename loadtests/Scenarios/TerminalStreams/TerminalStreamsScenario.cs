using Realtime.Loadtests.Results;
using Realtime.Loadtests.Terminals;

namespace Realtime.Loadtests.Scenarios.TerminalStreams;

/// <summary>
/// Many terminals, each with a viewer of its own; all say what a build says, on an open-loop schedule:
/// <code>
///   write k due --> WS /v1/publish --> edge --> worker --> edge --> viewer of the terminal --> callback with last byte
///     |______________________________________ latency ____________________________________________________|
/// </code>
/// </summary>
internal sealed class TerminalStreamsScenario : IScenario
{
    /// <inheritdoc/>
    public string Name => "terminal-streams";

    /// <inheritdoc/>
    public string Summary => "terminals with a viewer each: latency of writes, every byte exact, compression, CPU";

    /// <inheritdoc/>
    public LoadOptions Defaults { get; } = new()
    {
        Clients = 20,
        ConnectRate = 100,
        Warmup = TimeSpan.FromSeconds(5),
        Duration = TimeSpan.FromSeconds(30),
        Terminal = new TerminalLoadOptions { Count = 20, WriteRate = 100, WriteBytes = 10_000 },
    };

    /// <inheritdoc/>
    public IReadOnlyList<Threshold> ThresholdsOf(LoadOptions load) => TerminalThresholds.Of(load);

    /// <inheritdoc/>
    public IScenarioRun CreateRun(ScenarioContext context) => new TerminalStreamsRun(context);
}
