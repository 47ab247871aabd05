using System.Collections.Immutable;
using Realtime.Log;
using Realtime.Protocol;
using Realtime.Protocol.Events;
using Realtime.Protocol.Subscriptions;

namespace Realtime.Workers.History;

/// <summary>Collects the latest values of a tenant's agents over its streams.</summary>
internal sealed class StateHistory(IPartitionedLog log, HistoryOptions options)
{
    // Streams opened at a time: each answer may hold all values of its stream.
    private const int OpeningsMax = 4;

    /// <summary>Reads a page.</summary>
    /// <param name="tenant">Whose agents.</param>
    /// <param name="filters">Alternatives, of which one must match a value's event.</param>
    /// <param name="afterAgent">The last agent of the page before; empty for the first page.</param>
    /// <param name="limit">Agents at most.</param>
    /// <param name="requestAborted">The client is gone.</param>
    public async Task<StatePage> ReadAsync(
        string tenant, ImmutableArray<EventFilter> filters, string afterAgent, int limit,
        CancellationToken requestAborted)
    {
        var cursor = new EventPosition[log.PartitionCount];
        var agents = new SortedDictionary<string, AgentState>(StringComparer.Ordinal);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = OpeningsMax, CancellationToken = requestAborted };
        await Parallel.ForAsync(0, log.PartitionCount, parallel, async (partition, cancelled) =>
        {
            StreamOpening opening = await log.OpenAsync(new StreamKey(tenant, partition), cancelled);
            cursor[partition] = opening.End.In(partition);
            lock (agents)
            {
                Collect(agents, opening.State, partition, filters, afterAgent);
            }
        });

        List<AgentState> page = TakeWhileSmall(agents.Values, limit);
        return new StatePage(page, cursor, page.Count < agents.Count);
    }

    private static void Collect(
        SortedDictionary<string, AgentState> agents, IReadOnlyList<StateValue> values, int partition,
        ImmutableArray<EventFilter> filters, string afterAgent)
    {
        foreach (StateValue value in values)
        {
            if (!EnvelopeCodec.TryRead(value.Envelope, out EventEnvelope? envelope)
                || envelope!.Agent is not { } agent
                || string.CompareOrdinal(agent, afterAgent) <= 0
                || !filters.Any(filter => filter.Matches(envelope)))
            {
                continue;
            }

            if (!agents.TryGetValue(agent, out AgentState? state))
            {
                agents.Add(agent, state = new AgentState(agent, new(StringComparer.Ordinal)));
            }

            // One key in two partitions: the producer changed the group. The later one is the latest.
            var item = new HistoryEvent(value.Position.In(partition), envelope);
            if (!state.Values.TryGetValue(value.StateKey, out HistoryEvent other)
                || other.Position.Entry.Ms <= item.Position.Entry.Ms)
            {
                state.Values[value.StateKey] = item;
                state.Bytes += value.Envelope.Length;
            }
        }
    }

    // An agent is never cut: its values are one look.
    private List<AgentState> TakeWhileSmall(IEnumerable<AgentState> agents, int limit)
    {
        var page = new List<AgentState>();
        long bytes = 0;
        foreach (AgentState agent in agents)
        {
            if (page.Count == limit || bytes >= options.AnswerBytesMax)
            {
                break;
            }

            page.Add(agent);
            bytes += agent.Bytes;
        }

        return page;
    }
}
