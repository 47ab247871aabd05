using System.Collections.Immutable;
using Realtime.Hosting.Identity;
using Realtime.Protocol;
using Realtime.Protocol.Subscriptions;
using Realtime.Workers.Answers;
using Realtime.Workers.Queries;
using Realtime.Workers.Stamp;

namespace Realtime.Workers.History;

/// <summary>
/// <c>GET /v1/agents</c>: the latest values of agents, and the cursor from which watching misses nothing.
/// </summary>
internal sealed class AgentsEndpoint(StateHistory history, HistoryReads reads, TimeProvider clock)
{
    private const HistoryKind Kind = HistoryKind.Agents;
    private const int LimitMax = 10_000;
    private const int LimitDefault = 1000;

    public async Task HandleAsync(HttpContext context)
    {
        var query = new QueryReader(context.Request.Query);
        EventFilter filter = query.ReadFilter();
        int limit = (int)(query.ReadNumber("limit", 1, LimitMax) ?? LimitDefault);
        string afterAgent = query.ReadText("after_agent") ?? string.Empty;
        if (afterAgent.Length > 0 && !EntityName.IsValid(afterAgent))
        {
            query.Refuse("after_agent", $"must be a name: {EntityName.Rule}");
        }

        if (query.Errors.Count > 0)
        {
            await reads.BadRequestAsync(context, Kind, query);
            return;
        }

        Identity identity = context.GetIdentity();
        ImmutableArray<EventFilter> filters = identity.Grants.NarrowRead(filter);
        if (filters.IsEmpty)
        {
            await reads.ForbiddenAsync(context, Kind);
            return;
        }

        await reads.RunAsync(context, Kind, async () =>
        {
            StatePage page = await history.ReadAsync(
                identity.Tenant, filters, afterAgent, limit, context.RequestAborted);
            await WriteAsync(context, page);
        });
    }

    // {"agents":[{"agent":"a1","values":{"agent:a1:status":{event}}}],"cursor":["3:…"],"more":false}
    private async Task WriteAsync(HttpContext context, StatePage page)
    {
        long sentMs = clock.GetUtcNow().ToUnixTimeMilliseconds();
        using IAnswer answer = Answering.Begin(context, pairs: 3);
        answer.WriteName("agents");
        answer.StartList(page.Agents.Count);
        foreach (AgentState agent in page.Agents)
        {
            answer.StartMap(2);
            answer.WriteName("agent");
            answer.WriteText(agent.Agent);
            answer.WriteName("values");
            answer.StartMap(agent.Values.Count);
            foreach ((string stateKey, HistoryEvent value) in agent.Values)
            {
                answer.WriteName(stateKey);
                answer.WriteEvent(value.Envelope, value.Position, sentMs, snapshot: true);
                await answer.FlushIfFullAsync();
            }

            answer.EndMap();
            answer.EndMap();
        }

        answer.EndList();
        PositionsWriter.Write(answer, "cursor", page.Cursor);
        answer.WriteName("more");
        answer.WriteBoolean(page.HasMore);
        await answer.CompleteAsync();
    }
}
