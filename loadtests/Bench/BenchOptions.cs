using Realtime.Loadtests.Scenarios;
using Realtime.Loadtests.Targets;

namespace Realtime.Loadtests.Bench;

/// <summary>What <c>bench</c> was asked for.</summary>
internal sealed record BenchOptions
{
    /// <summary>Deliveries a second at which code is made fast while warming up, even where less is measured; where
    /// much more is, half of that, lest cold code leaves a backlog to what is measured.</summary>
    public const int WarmupDeliveries = 10_000;

    /// <summary>Who takes turns, in this order.</summary>
    public required IReadOnlyList<IContender> Contenders { get; init; }

    /// <summary>Deliveries a second, rising.</summary>
    public required IReadOnlyList<int> Loads { get; init; }

    /// <summary>All of the load but its rate.</summary>
    public required LoadOptions Shape { get; init; }

    /// <summary>How often everybody has a turn at each load.</summary>
    public required int Runs { get; init; }

    /// <summary>Whether the highest load is looked for at which <see cref="P99Max"/> is kept, from the first load
    /// on.</summary>
    public bool Highest { get; init; }

    /// <summary>What <see cref="Highest"/> must keep.</summary>
    public TimeSpan P99Max { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Of what the product's own system is made.</summary>
    public required TargetOptions Target { get; init; }

    /// <summary>Where the JSON report goes, if anywhere.</summary>
    public string? Json { get; init; }

    /// <summary>Where the HTML report goes, if anywhere.</summary>
    public string? Html { get; init; }

    /// <summary>The command as it was given, for the report.</summary>
    public required string Command { get; init; }

    /// <summary>Viewers that see each event.</summary>
    public int ViewersEach => Math.Max(1, Shape.Clients / Shape.Agents);

    /// <summary>The load of so many deliveries a second.</summary>
    public LoadOptions LoadOf(int deliveries) => Shape with
    {
        Rate = RateOf(deliveries),
        WarmupRate = RateOf(Math.Max(deliveries / 2, WarmupDeliveries)),
    };

    private int RateOf(int deliveries) => Math.Max(1, deliveries / ViewersEach);
}
