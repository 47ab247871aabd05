using Realtime.Loadtests.Results;

namespace Realtime.Loadtests.Scenarios;

/// <summary>One kind of load, and what is measured under it.</summary>
internal interface IScenario
{
    /// <summary>What it is called on the command line.</summary>
    string Name { get; }

    /// <summary>What it does, in a sentence.</summary>
    string Summary { get; }

    /// <summary>The load that it puts on by default.</summary>
    LoadOptions Defaults { get; }

    /// <summary>What must hold at a load, unless told otherwise.</summary>
    IReadOnlyList<Threshold> ThresholdsOf(LoadOptions load);

    /// <summary>Runs once.</summary>
    Task<RunResult> RunAsync(ScenarioContext context, CancellationToken stopping);
}
