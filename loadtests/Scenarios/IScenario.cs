using Realtime.Loadtests.Results;
using Realtime.Loadtests.Targets;

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

    /// <summary>Makes one run; nothing is begun.</summary>
    /// <exception cref="TargetException">It can't be run against this system. The message says what to do.</exception>
    IScenarioRun CreateRun(ScenarioContext context);

    /// <summary>What it needs of a system that is started for it.</summary>
    TargetOptions Needs(TargetOptions asked) => asked;
}
