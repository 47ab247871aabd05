using System.Collections.Immutable;
using System.Text.Json;
using Realtime.Hosting.Identity;
using Realtime.Log;
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
    IPartitionedLog log, EventHistory history, HistoryReads reads, HistoryMetrics metrics, TimeProvider clock)
{
    private const HistoryKind Kind = HistoryKind.Events;
    private const int LimitDefault = 100;

    /// <summary>Most events of one answer.</summary>
    public const int LimitMax = 1000;

    public async Task HandleAsync(HttpContext context)
    {
        var query = new QueryReader(context.Request.Query);
        EventFilter filter = query.ReadFilter();
        IReadOnlyDictionary<int, EventPosition> after = query.ReadCursor("after", log.PartitionCount);
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
        using var answer = JsonAnswer.Begin(context, StatusCodes.Status200OK);
        var events = new EventWriter(clock.GetUtcNow().ToUnixTimeMilliseconds());
        answer.Writer.WriteStartArray("events"u8);
        foreach (HistoryEvent item in page.Events)
        {
            events.Write(answer.Writer, item.Envelope, item.Position, snapshot: false);
            await answer.FlushIfFullAsync();
        }

        answer.Writer.WriteEndArray();
        PositionsWriter.Write(answer.Writer, "next", page.Next);
        answer.Writer.WriteStartArray("gaps"u8);
        foreach (HistoryGap gap in page.Gaps)
        {
            WriteGap(answer.Writer, gap);
        }

        answer.Writer.WriteEndArray();
        answer.Writer.WriteBoolean("more"u8, page.HasMore);
        await answer.CompleteAsync();
    }

    private static void WriteGap(Utf8JsonWriter json, HistoryGap gap)
    {
        json.WriteStartObject();
        json.WriteNumber("partition"u8, gap.After.Partition);
        json.WriteString("after"u8, gap.After.ToString());
        json.WriteString("resumes_at"u8, gap.ResumesAt.ToString());
        if (gap.Missing is { } missing)
        {
            json.WriteNumber("missing"u8, missing);
        }

        json.WriteString("reason"u8, GapReasons.NameOf(gap.Reason));
        json.WriteEndObject();
    }
}
