using Realtime.Loadtests.Publishing;
using Realtime.Loadtests.Scenarios.Connect;
using Realtime.Loadtests.Scenarios.FanOut;
using Realtime.Loadtests.Scenarios.Idle;
using Realtime.Loadtests.Scenarios.Ingest;
using Realtime.Loadtests.Scenarios.Mixed;
using Realtime.Loadtests.Scenarios.ReconnectStorm;
using Realtime.Loadtests.Scenarios.SlowAmongFast;
using Realtime.Loadtests.Scenarios.Soak;
using Realtime.Loadtests.Scenarios.Storm;
using Realtime.Loadtests.Scenarios.TerminalOpen;
using Realtime.Loadtests.Scenarios.TerminalStalled;
using Realtime.Loadtests.Scenarios.TerminalStreams;
using Realtime.Loadtests.Scenarios.TerminalWall;
using Realtime.Loadtests.Scenarios.ThinLink;
using Realtime.Loadtests.Scenarios.Wide;

namespace Realtime.Loadtests.Scenarios;

/// <summary>All scenarios.</summary>
internal static class ScenarioCatalog
{
    /// <summary>In the order in which they are listed.</summary>
    public static IReadOnlyList<IScenario> All { get; } =
    [
        new MixedScenario(), new FanOutScenario(), new WideScenario(), new IdleScenario(),
        new ConnectScenario(), new StormScenario(),
        new ReconnectStormScenario(), new SlowAmongFastScenario(),
        new IngestScenario(ProducerKind.Http), new IngestScenario(ProducerKind.Socket), new ThinLinkScenario(),
        new TerminalStreamsScenario(), new TerminalAudienceScenario(), new TerminalWallScenario(),
        new TerminalOpenScenario(), new TerminalStalledScenario(), new SoakScenario(),
    ];

    /// <summary>The one that is run if none is named.</summary>
    public static IScenario Usual => Find("mixed")!;

    /// <summary>The one of a name, or null.</summary>
    public static IScenario? Find(string name) => All.FirstOrDefault(scenario => scenario.Name == name);
}
