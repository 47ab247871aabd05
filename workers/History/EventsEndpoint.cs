using System.Collections.Immutable;
using Realtime.Hosting.Identity;
using Realtime.Protocol;
using Realtime.Protocol.Messages;
using Realtime.Protocol.Subscriptions;
using Realtime.Workers.Answers;
using Realtime.Workers.Queries;
using Realtime.Workers.Stamp;

namespace Realtime.Workers.History;

/// <summary>
/// <c>GET /v1/events</c>: events of the past, page by page. What is answered as <c>next</c> is the next page's
/// <c>after</c>.
/// </summary>
internal sealed class EventsEndpoint(
    EventHistory history, HistoryReads reads, HistoryMetrics metrics, TimeProvider clock)
{
    private const HistoryKind Kind = HistoryKind.Events;
    private const int LimitDefault = 100;

    /// <summary>Most events of one answer.</summary>
    public const int LimitMax = 1000;

    public async Task HandleAsync(HttpContext context)
    {
        var query = new QueryReader(context.Request.Query);
        EventFilter filter = query.ReadFilter();
        IReadOnlyDictionary<int, EventPosition> after = query.ReadCursor("after");
        int limit = (int)(query.ReadNumber("limit", 1, LimitMax) ?? LimitDefault);
        if (query.Has("before"))
        {
            query.Refuse("before", "goes with last only: give last, how many events to read back");
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
            HistoryPage page = await history.ReadAsync(identity.Tenant, filters, after, limit, context.RequestAborted);
            metrics.EventsRead(page.Events.Count);
            await WriteAsync(context, page);
        });
    }

    // {"events":[…],"next":["3:…"],"gaps":[…],"more":false}
    private async Task WriteAsync(HttpContext context, HistoryPage page)
    {
        long sentMs = clock.GetUtcNow().ToUnixTimeMilliseconds();
        using IAnswer answer = Answering.Begin(context, pairs: 4);
        answer.WriteName("events");
        answer.StartList(page.Events.Count);
        foreach (HistoryEvent item in page.Events)
        {
            answer.WriteEvent(item.Envelope, item.Position, sentMs, snapshot: false);
            await answer.FlushIfFullAsync();
        }

        answer.EndList();
        PositionsWriter.Write(answer, "next", page.Next);
        answer.WriteName("gaps");
        answer.StartList(page.Gaps.Count);
        foreach (HistoryGap gap in page.Gaps)
        {
            WriteGap(answer, gap);
        }

        answer.EndList();
        answer.WriteName("more");
        answer.WriteBoolean(page.HasMore);
        await answer.CompleteAsync();
    }

    private static void WriteGap(IAnswer answer, HistoryGap gap)
    {
        answer.StartMap(gap.Missing is null ? 4 : 5);
        answer.WriteName("partition");
        answer.WriteNumber(gap.After.Partition);
        answer.WriteName("after");
        answer.WriteText(gap.After.ToString());
        answer.WriteName("resumes_at");
        answer.WriteText(gap.ResumesAt.ToString());
        if (gap.Missing is { } missing)
        {
            answer.WriteName("missing");
            answer.WriteNumber(missing);
        }

        answer.WriteName("reason");
        answer.WriteText(GapReasons.NameOf(gap.Reason));
        answer.EndMap();
    }
}
