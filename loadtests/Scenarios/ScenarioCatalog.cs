using Realtime.Loadtests.Scenarios.FanOut;
using Realtime.Loadtests.Scenarios.Idle;
using Realtime.Loadtests.Scenarios.Storm;
using Realtime.Loadtests.Scenarios.TerminalOpen;
using Realtime.Loadtests.Scenarios.TerminalStalled;
using Realtime.Loadtests.Scenarios.TerminalStreams;
using Realtime.Loadtests.Scenarios.ThinLink;

namespace Realtime.Loadtests.Scenarios;

/// <summary>All scenarios.</summary>
internal static class ScenarioCatalog
{
    /// <summary>In the order in which they are listed.</summary>
    public static IReadOnlyList<IScenario> All { get; } =
    [
        new FanOutScenario(), new IdleScenario(), new ThinLinkScenario(), new TerminalStreamsScenario(),
        new TerminalAudienceScenario(), new TerminalOpenScenario(), new TerminalStalledScenario(),
        new StormScenario(),
    ];

    /// <summary>The one of a name, or null.</summary>
    public static IScenario? Find(string name) => All.FirstOrDefault(scenario => scenario.Name == name);
}
