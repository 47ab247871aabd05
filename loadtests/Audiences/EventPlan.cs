using System.Globalization;
using Realtime.Loadtests.Publishing;

namespace Realtime.Loadtests.Audiences;

/// <summary>Who watches what in a run. Known alike by publishers and by viewers in other processes.</summary>
/// <param name="Run">Which run.</param>
/// <param name="Agents">How many agents; event k is number k / this of agent k mod this.</param>
/// <param name="AgentsEach">How many each viewer watches; viewer n those from n x this on.</param>
internal sealed record EventPlan(long Run, int Agents, int AgentsEach = 1)
{
    /// <summary>The first agent of a viewer.</summary>
    public int FirstAgentOf(int viewer) => (int)((long)viewer * AgentsEach % Agents);

    /// <summary>How many of the first <paramref name="published"/> events are of an agent.</summary>
    public long PublishedOf(int agent, long published) => Math.Max(0, (published - agent + Agents - 1) / Agents);

    /// <summary>How many events a viewer is to see, of the first <paramref name="published"/>.</summary>
    public long ExpectedOf(int viewer, long published) =>
        Enumerable.Range(0, AgentsEach).Sum(i => PublishedOf((FirstAgentOf(viewer) + i) % Agents, published));

    /// <summary>Path and query of a viewer.</summary>
    public string PathOf(int viewer)
    {
        string agents = AgentsEach == Agents ? AgentNames.NameOf(Run, "*") : string.Join(',', AgentsOf(viewer));
        return $"/ws/agents?agents={agents}";
    }

    /// <summary>The agents of a viewer, by their names.</summary>
    public IEnumerable<string> AgentsOf(int viewer) => Enumerable.Range(0, AgentsEach).Select(i => AgentNames.NameOf(
        Run, ((FirstAgentOf(viewer) + i) % Agents).ToString(CultureInfo.InvariantCulture)));
}
