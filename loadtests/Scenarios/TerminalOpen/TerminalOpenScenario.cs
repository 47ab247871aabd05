using Realtime.Loadtests.Results;
using Realtime.Loadtests.Terminals;

namespace Realtime.Loadtests.Scenarios.TerminalOpen;

/// <summary>
/// Opens terminals that have said much, one viewer after the other: from the start, and by their tails. Two times are
/// taken of each: from connecting, and from the <c>subscribe</c> of a connection that stands already.
/// </summary>
internal sealed class TerminalOpenScenario : IScenario
{
    // Issue 4.
    private const double StartMsMax = 1000;
    private const double TailMsMax = 300;

    /// <inheritdoc/>
    public string Name => "terminal-open";

    /// <inheritdoc/>
    public string Summary => "time to open a large terminal from its start, and by its tail, to the last byte";

    /// <inheritdoc/>
    public LoadOptions Defaults { get; } = new()
    {
        Clients = 1,
        Warmup = TimeSpan.FromSeconds(2),
        Duration = TimeSpan.FromSeconds(1),
        Terminal = new TerminalLoadOptions { OpenBytes = 16 * 1024 * 1024, VolumeBytes = 100_000_000, Repeats = 10 },
    };

    /// <inheritdoc/>
    public IReadOnlyList<Threshold> ThresholdsOf(LoadOptions load) =>
    [
        .. Opening.Kinds(load.Terminal!).SelectMany(kind => new Threshold[]
        {
            new($"{kind.Name}_connect_max_ms", kind.IsTail ? TailMsMax : StartMsMax),
            new($"{kind.Name}_subscribe_max_ms", kind.IsTail ? TailMsMax : StartMsMax),
        }),
        new("not_opened", 0),
        new(FigureNames.MissingBytes, 0),
        new(FigureNames.RepeatedBytes, 0),
        new(FigureNames.Inexact, 0),
        new(FigureNames.AnnouncedBytes, 0),
        new(FigureNames.Refused, 0),
    ];

    /// <inheritdoc/>
    public IScenarioRun CreateRun(ScenarioContext context) => new TerminalOpenRun(context);
}
