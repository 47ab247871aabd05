using Realtime.Loadtests.Results;
using Realtime.Loadtests.Terminals;

namespace Realtime.Loadtests.Scenarios.TerminalStreams;

/// <summary>
/// One terminal with many viewers: what is measured for many terminals, and that they share what is made of its bytes.
/// </summary>
internal sealed class TerminalAudienceScenario : IScenario
{
    /// <inheritdoc/>
    public string Name => "terminal-audience";

    /// <inheritdoc/>
    public string Summary =>
        "one terminal with many viewers: latency of writes, every byte exact, compressed once, CPU";

    /// <inheritdoc/>
    public LoadOptions Defaults { get; } = new()
    {
        Clients = 500,
        ConnectRate = 200,
        Warmup = TimeSpan.FromSeconds(10),
        Duration = TimeSpan.FromSeconds(30),
        Terminal = new TerminalLoadOptions { Count = 1, WriteRate = 100, WriteBytes = 10_000 },
    };

    /// <inheritdoc/>
    public IReadOnlyList<Threshold> ThresholdsOf(LoadOptions load) => TerminalThresholds.Of(load);

    /// <inheritdoc/>
    public IScenarioRun CreateRun(ScenarioContext context) => new TerminalStreamsRun(context);
}
