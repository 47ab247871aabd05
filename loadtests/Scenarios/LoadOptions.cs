using System.Globalization;
using Realtime.Hosting.Configuration;
using Realtime.Loadtests.Terminals;

namespace Realtime.Loadtests.Scenarios;

/// <summary>
/// How much load, and for how long. A scenario that does not use one of these says so by leaving it at 0.
/// </summary>
internal sealed record LoadOptions
{
    /// <summary>WebSocket clients over TLS.</summary>
    public int Clients { get; init; }

    /// <summary>Agents that events are about; client n watches agent n mod this.</summary>
    public int Agents { get; init; }

    /// <summary>Events published a second, over all agents.</summary>
    public int Rate { get; init; }

    /// <summary>Bytes of each payload.</summary>
    public int PayloadBytes { get; init; }

    /// <summary>Keep-alive connections that publish.</summary>
    public int Publishers { get; init; }

    /// <summary>Connections opened a second.</summary>
    public int ConnectRate { get; init; }

    /// <summary>Load before the measuring begins.</summary>
    public TimeSpan Warmup { get; init; }

    /// <summary>How long is measured.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>What terminals say; null where there are none.</summary>
    public TerminalLoadOptions? Terminal { get; init; }

    /// <summary>One line for people.</summary>
    public override string ToString() => string.Join(
        ", ",
        new[]
        {
            Show(Clients, "clients"), Show(Agents, "agents"), Show(Rate, "events/s"), Show(PayloadBytes, "bytes each"),
            Show(Publishers, "publishers"), Show(ConnectRate, "connects/s"),
            Terminal is null ? null : string.Join(", ", Terminal.Show()),
            $"{DurationText.Format(Warmup)} warm-up", $"{DurationText.Format(Duration)} measured",
        }.OfType<string>());

    private static string? Show(int value, string unit) =>
        value == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"{value:N0} {unit}");
}
