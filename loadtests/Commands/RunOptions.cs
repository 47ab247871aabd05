using Realtime.Loadtests.Results;
using Realtime.Loadtests.Scenarios;
using Realtime.Loadtests.Targets;

namespace Realtime.Loadtests.Commands;

/// <summary>What <c>run</c> was asked for.</summary>
internal sealed record RunOptions
{
    /// <summary>Which, in this order.</summary>
    public required IReadOnlyList<IScenario> Scenarios { get; init; }

    /// <summary>Against what.</summary>
    public required TargetOptions Target { get; init; }

    /// <summary>The load of a scenario: its own, changed by the command line.</summary>
    public required Func<IScenario, LoadOptions> LoadOf { get; init; }

    /// <summary>Thresholds that replace or extend the scenario's.</summary>
    public required IReadOnlyList<Threshold> Thresholds { get; init; }

    /// <summary>How often each runs.</summary>
    public required int Runs { get; init; }

    /// <summary>Whether a run ends as soon as it can't keep its thresholds any more.</summary>
    public bool AbortsEarly { get; init; }

    /// <summary>Where the JSON report goes, if anywhere.</summary>
    public string? Json { get; init; }

    /// <summary>Where the HTML report goes, if anywhere.</summary>
    public string? Html { get; init; }

    /// <summary>The command as it was given, for the report.</summary>
    public required string Command { get; init; }
}
