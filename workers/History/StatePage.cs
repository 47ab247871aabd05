using Realtime.Protocol;

namespace Realtime.Workers.History;

/// <summary>Agents with their latest values.</summary>
/// <param name="Agents">In order of names.</param>
/// <param name="Cursor">One position per stream, at which the values were the latest: read on from there and nothing is
/// missed.</param>
/// <param name="HasMore">Whether there are more agents.</param>
internal sealed record StatePage(IReadOnlyList<AgentState> Agents, IReadOnlyList<EventPosition> Cursor, bool HasMore);
