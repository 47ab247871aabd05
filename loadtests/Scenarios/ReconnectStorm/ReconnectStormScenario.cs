using Realtime.Loadtests.Results;
using Realtime.Loadtests.Targets;

namespace Realtime.Loadtests.Scenarios.ReconnectStorm;

/// <summary>
/// A worker is killed in the middle of a load; all of its viewers come back at once, to the others, and behind what
/// they saw:
/// <code>
///   |-- load --| kill -9 |-- its viewers resume elsewhere; producers repeat what was not answered --|
/// </code>
/// </summary>
internal sealed class ReconnectStormScenario : IScenario
{
    // DESIGN.md section 13: with state, after a worker is killed.
    private const double ReconnectP95MsMax = 800;
    private const int WorkersMin = 2;

    /// <inheritdoc/>
    public string Name => "reconnect-storm";

    /// <inheritdoc/>
    public string Summary =>
        "a worker is killed under load: time until its viewers are back with their state, nothing lost";

    /// <inheritdoc/>
    public LoadOptions Defaults { get; } = new()
    {
        Clients = 500,
        Agents = 100,
        Rate = 100,
        PayloadBytes = 200,
        Publishers = 4,
        ConnectRate = 100,
        Warmup = TimeSpan.FromSeconds(5),
        Duration = TimeSpan.FromSeconds(30),
    };

    /// <inheritdoc/>
    public IReadOnlyList<Threshold> ThresholdsOf(LoadOptions load) =>
    [
        new(ReconnectStormRun.ReconnectP95, ReconnectP95MsMax),
        new("reconnected", 1, IsLeast: true),
        new("not_recovered", 0),
        new("gaps", 0),
        new("still_away", 0),
        .. ExactThresholds.OfEvents.Where(threshold => threshold.Figure != FigureNames.Disconnected),
    ];

    /// <inheritdoc/>
    public TargetOptions Needs(TargetOptions asked) =>
        asked with { AsProcesses = true, Workers = Math.Max(WorkersMin, asked.Workers) };

    /// <inheritdoc/>
    public IScenarioRun CreateRun(ScenarioContext context) => context.Open.Processes is { } processes
        ? new ReconnectStormRun(context, processes)
        : throw new TargetException(
            "reconnect-storm kills a worker, and does so only to one that this command started: leave out --edge and "
            + "--ready-file.");
}
