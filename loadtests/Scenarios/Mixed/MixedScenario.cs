using Realtime.Loadtests.Results;
using Realtime.Loadtests.Terminals;

namespace Realtime.Loadtests.Scenarios.Mixed;

/// <summary>
/// A day as it is, in small: viewers of events and of terminals, pages that come and go, scripts that read history and
/// server-sent events, producers by HTTP and by socket, all at the same time.
/// </summary>
internal sealed class MixedScenario : IScenario
{
    /// <inheritdoc/>
    public string Name => "mixed";

    /// <inheritdoc/>
    public string Summary => "a mixed day: events, terminals, SSE, history, comers and goers, all at once";

    /// <summary>Also that of the soak.</summary>
    public static LoadOptions Load { get; } = new()
    {
        Clients = 500,
        Agents = 100,
        Rate = 200,
        PayloadBytes = 200,
        Publishers = 4,
        ConnectRate = 100,
        Warmup = TimeSpan.FromSeconds(10),
        Duration = TimeSpan.FromSeconds(60),
        Terminal = new TerminalLoadOptions { Count = 5, WriteRate = 20, WriteBytes = 2_000 },
    };

    /// <inheritdoc/>
    public LoadOptions Defaults => Load;

    /// <summary>What must hold of a mixed day, of any length.</summary>
    public static IReadOnlyList<Threshold> Thresholds { get; } =
    [
        new("events_latency_p95_ms", 30),
        new("events_latency_p99_ms", 45),
        new("history_p99_ms", 60),
        new("comers_connect_p99_ms", 150),
        .. ExactThresholds.OfEvents,
        new(FigureNames.MissingBytes, 0),
        new(FigureNames.RepeatedBytes, 0),
        new(FigureNames.Inexact, 0),
        new(FigureNames.AnnouncedBytes, 0),
    ];

    /// <inheritdoc/>
    public IReadOnlyList<Threshold> ThresholdsOf(LoadOptions load) => Thresholds;

    /// <inheritdoc/>
    public IScenarioRun CreateRun(ScenarioContext context) => new MixedRun(context);
}
