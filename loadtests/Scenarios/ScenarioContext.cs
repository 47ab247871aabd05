using Realtime.Loadtests.Reports;
using Realtime.Loadtests.Targets;

namespace Realtime.Loadtests.Scenarios;

/// <summary>What a run has to work with.</summary>
/// <param name="Target">The system under load.</param>
/// <param name="Load">How much.</param>
/// <param name="Progress">Where it tells how far it is.</param>
/// <param name="Time">The clock.</param>
internal sealed record ScenarioContext(Target Target, LoadOptions Load, Progress Progress, TimeProvider Time);
