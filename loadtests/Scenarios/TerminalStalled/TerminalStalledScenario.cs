using Realtime.Loadtests.Results;
using Realtime.Loadtests.Terminals;

namespace Realtime.Loadtests.Scenarios.TerminalStalled;

/// <summary>
/// One terminal with some viewers, first alone, then with one more that reads nothing of its socket while much is
/// written; in the end that one goes on:
/// <code>
///   |-- alone: warm-up, duration --|-- memory --|-- volume, one viewer stalled --|-- memory --|-- it goes on --|
/// </code>
/// </summary>
internal sealed class TerminalStalledScenario : IScenario
{
    /// <summary>Latency with the stalled viewer to latency without it.</summary>
    public const string LatencyRatio = "latency_p95_stalled_to_alone";

    /// <summary>How much the server holds more after the volume, while the viewer is still stalled.</summary>
    public const string MemoryGrowth = "server_memory_growth_mib";

    // What one run differs from another by chance on a busy machine; a viewer that is waited for makes it many times
    // more.
    private const double LatencyRatioMax = 1.5;

    // The log holds all that it may before the first reading, so that only what delivery keeps is left: 1 MiB of
    // batches, a window for each viewer, and what the heap's size differs by.
    private const double MemoryGrowthMibMax = 16;

    /// <inheritdoc/>
    public string Name => "terminal-stalled";

    /// <inheritdoc/>
    public string Summary => "a stalled viewer beside others of a terminal: latency of these, memory of the server";

    /// <inheritdoc/>
    public LoadOptions Defaults { get; } = new()
    {
        Clients = 5,
        ConnectRate = 100,
        Warmup = TimeSpan.FromSeconds(6),
        Duration = TimeSpan.FromSeconds(15),
        Terminal = new TerminalLoadOptions
        {
            Count = 1,
            WriteRate = 200,
            WriteBytes = 20_000,
            VolumeBytes = 100_000_000,
        },
    };

    /// <inheritdoc/>
    public IReadOnlyList<Threshold> ThresholdsOf(LoadOptions load) =>
    [
        new(LatencyRatio, LatencyRatioMax),
        new(MemoryGrowth, MemoryGrowthMibMax),
        new(FigureNames.MissingBytes, 0),
        new(FigureNames.RepeatedBytes, 0),
        new(FigureNames.Inexact, 0),
        new(FigureNames.AnnouncedBytes, 0),
        new(FigureNames.Disconnected, 0),
        new(FigureNames.Refused, 0),
        new(FigureNames.Paused, 0),
        new("stalled_missing_bytes", 0),
        new("stalled_inexact_messages", 0),
        new("stalled_retained_but_lost_bytes", 0),
    ];

    /// <inheritdoc/>
    public IScenarioRun CreateRun(ScenarioContext context) => new TerminalStalledRun(context);
}
