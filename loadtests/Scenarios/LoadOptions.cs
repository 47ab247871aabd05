using System.Globalization;
using Realtime.Hosting.Configuration;
using Realtime.Loadtests.Load;
using Realtime.Loadtests.Publishing;
using Realtime.Loadtests.Terminals;

namespace Realtime.Loadtests.Scenarios;

/// <summary>
/// How much load, and for how long. A scenario that does not use one of these says so by leaving it at 0.
/// </summary>
internal sealed record LoadOptions
{
    /// <summary>WebSocket clients over TLS.</summary>
    public int Clients { get; init; }

    /// <summary>Clients that read too slowly, besides.</summary>
    public int SlowClients { get; init; }

    /// <summary>Agents that events are about; client n watches agent n mod this.</summary>
    public int Agents { get; init; }

    /// <summary>Agents that each client watches.</summary>
    public int AgentsEach { get; init; }

    /// <summary>Processes that hold the clients; 0: the one that runs the scenario.</summary>
    public int ClientProcesses { get; init; }

    /// <summary>Events published a second, over all agents.</summary>
    public int Rate { get; init; }

    /// <summary>Bytes of each payload.</summary>
    public int PayloadBytes { get; init; }

    /// <summary>Keep-alive connections that publish.</summary>
    public int Publishers { get; init; }

    /// <summary>Connections opened a second.</summary>
    public int ConnectRate { get; init; }

    /// <summary>What is begun over the measured time; empty: events at <see cref="Rate"/>.</summary>
    public IReadOnlyList<LoadSimulation> Simulations { get; init; } = [];

    /// <summary>By which way events are published.</summary>
    public ProducerKind Producer { get; init; } = ProducerKind.Http;

    /// <summary>Events published a second while warming up; 0: as many as when measuring begins.</summary>
    public int WarmupRate { get; init; }

    /// <summary>Load before the measuring begins.</summary>
    public TimeSpan Warmup { get; init; }

    /// <summary>How long is measured.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>What terminals say; null where there are none.</summary>
    public TerminalLoadOptions? Terminal { get; init; }

    /// <summary>What is begun, and when: the warm-up, at the rate that measuring begins with unless another was said,
    /// then what is measured.</summary>
    public IReadOnlyList<LoadSimulation> Profile()
    {
        IReadOnlyList<LoadSimulation> measured =
            Simulations.Count > 0 ? Simulations : [LoadSimulation.Inject(Rate, Duration)];
        return Warmup > TimeSpan.Zero
            ? [WarmupBefore(measured[0]), .. measured]
            : measured;
    }

    /// <summary>One line for people.</summary>
    public override string ToString() => string.Join(
        ", ",
        new[]
        {
            Show(Clients, "clients"), ClientProcesses == 0 ? null : Show(ClientProcesses, "client processes"),
            Show(SlowClients, "slow ones"), Show(Agents, "agents"),
            AgentsEach > 1 ? Show(AgentsEach, "agents each") : null,
            Simulations.Count > 0 ? string.Join(", ", Simulations) : Show(Rate, "events/s"),
            Rate > 0 && Producer == ProducerKind.Socket ? "by socket" : null, Show(PayloadBytes, "bytes each"),
            Show(Publishers, "publishers"), Show(ConnectRate, "connects/s"),
            Terminal is null ? null : string.Join(", ", Terminal.Show()),
            $"{DurationText.Format(Warmup)} warm-up", $"{DurationText.Format(Duration)} measured",
        }.OfType<string>());

    private LoadSimulation WarmupBefore(LoadSimulation first) => WarmupRate > 0
        ? LoadSimulation.Inject(WarmupRate, Warmup)
        : first with { To = first.From, During = Warmup };

    private static string? Show(int value, string unit) =>
        value == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"{value:N0} {unit}");
}
