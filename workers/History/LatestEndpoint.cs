using System.Collections.Immutable;
using Realtime.Hosting.Identity;
using Realtime.Protocol;
using Realtime.Protocol.Subscriptions;
using Realtime.Workers.Answers;
using Realtime.Workers.Queries;
using Realtime.Workers.Stamp;

namespace Realtime.Workers.History;

/// <summary>
/// <c>GET /v1/events?last=N</c>: the newest events, the cursor to subscribe after, and where to go on further back.
/// </summary>
internal sealed class LatestEndpoint(
    LatestHistory history, HistoryReads reads, HistoryMetrics metrics, TimeProvider clock)
{
    private const HistoryKind Kind = HistoryKind.Events;
    private const string NotWithLast =
        "does not go with last: last reads back from the newest event, after and limit read on from a cursor";

    public async Task HandleAsync(HttpContext context)
    {
        var query = new QueryReader(context.Request.Query);
        EventFilter filter = query.ReadFilter();
        int last = (int)(query.ReadNumber("last", 1, EventsEndpoint.LimitMax) ?? 0);
        IReadOnlyDictionary<int, EventPosition>? before =
            query.Has("before") ? query.ReadCursor("before") : null;
        foreach (string name in (string[])["after", "limit"])
        {
            if (query.Has(name))
            {
                query.Refuse(name, NotWithLast);
            }
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
            LatestPage page = await history.ReadAsync(identity.Tenant, filters, before, last, context.RequestAborted);
            metrics.EventsRead(page.Events.Count);
            await WriteAsync(context, page);
        });
    }

    // {"events":[…],"cursor":["3:…"],"before":["3:…"],"more":true}
    private async Task WriteAsync(HttpContext context, LatestPage page)
    {
        long sentMs = clock.GetUtcNow().ToUnixTimeMilliseconds();
        using IAnswer answer = Answering.Begin(context, pairs: page.Cursor is null ? 3 : 4);
        answer.WriteName("events");
        answer.StartList(page.Events.Count);
        foreach (HistoryEvent item in page.Events)
        {
            answer.WriteEvent(item.Envelope, item.Position, sentMs, snapshot: false);
            await answer.FlushIfFullAsync();
        }

        answer.EndList();
        if (page.Cursor is { } cursor)
        {
            PositionsWriter.Write(answer, "cursor", cursor);
        }

        PositionsWriter.Write(answer, "before", page.Before);
        answer.WriteName("more");
        answer.WriteBoolean(page.Before.Count > 0);
        await answer.CompleteAsync();
    }
}
