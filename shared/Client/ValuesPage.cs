using Realtime.Protocol;

namespace Realtime.Client;

/// <summary>A page of agents with their latest values.</summary>
/// <param name="Agents">The agents, by name.</param>
/// <param name="Cursor">What to subscribe behind; of several pages that of the first.</param>
/// <param name="More">Whether there are more agents.</param>
public sealed record ValuesPage(IReadOnlyList<AgentValues> Agents, IReadOnlyList<EventPosition> Cursor, bool More);
