using Realtime.Loadtests.Reports;
using Realtime.Loadtests.Targets;

namespace Realtime.Loadtests.Scenarios;

/// <summary>What a run has to work with.</summary>
/// <param name="Open">The system under load, with what was started for it.</param>
/// <param name="Load">How much.</param>
/// <param name="Progress">Where it tells how far it is.</param>
/// <param name="Time">The clock.</param>
internal sealed record ScenarioContext(OpenTarget Open, LoadOptions Load, Progress Progress, TimeProvider Time)
{
    /// <summary>The system under load.</summary>
    public Target Target => Open.Target;
}
