using System.Globalization;
using Realtime.Hosting.Identity;
using Realtime.Log;
using Realtime.Protocol.Messages;
using Realtime.Workers.Queries;
using Realtime.Workers.Stamp;
using Realtime.Workers.Terminals;

namespace Realtime.Workers.History;

/// <summary>
/// <c>GET /v1/tasks/{task}/terminal</c>: the bytes that were there when it was asked for. Raw bytes have no room for a
/// notice, so a place that does not stand is refused (409) instead of skipped, and a download whose bytes were trimmed
/// under way is broken off, which its Content-Length makes visible.
/// </summary>
internal sealed class TerminalHistoryEndpoint(IPartitionedLog log, HistoryReads reads, HistoryMetrics metrics)
{
    private const HistoryKind Kind = HistoryKind.Terminal;

    // What one read of the log returns: history never delays for long what is live.
    private const int SliceBytes = 256 * 1024;

    public async Task HandleAsync(HttpContext context, string task)
    {
        var query = new QueryReader(context.Request.Query);
        TaskName.Check(query, task);
        TerminalFrom from = TerminalFrom.Start;
        if (query.ReadText("from") is { } text && !TerminalFrom.TryParse(text, out from))
        {
            query.Refuse("from", $"must be {TerminalFrom.Rule}");
        }

        if (query.Errors.Count > 0)
        {
            await reads.BadRequestAsync(context, Kind, query);
            return;
        }

        Identity identity = context.GetIdentity();
        if (!identity.Grants.MayReadTerminal(task))
        {
            await reads.ForbiddenAsync(context, Kind);
            return;
        }

        await reads.RunAsync(context, Kind, () => AnswerAsync(context, new TerminalKey(identity.Tenant, task), from));
    }

    private async Task AnswerAsync(HttpContext context, TerminalKey terminal, TerminalFrom from)
    {
        TerminalRead? first = await log.FindTerminalAsync(terminal, context.RequestAborted) is { } bounds
            ? await FirstAsync(terminal, from, bounds, context.RequestAborted)
            : null;
        if (first is null)
        {
            await reads.RefuseAsync(
                context, Kind, StatusCodes.Status404NotFound, ErrorCodes.NotFound, "The task has no terminal.");
            return;
        }

        // Only an exact offset can be missed; start and tail mean what is there.
        if (first.Outcome != ReadOutcome.Whole && from.Kind == TerminalFromKind.Offset)
        {
            await RefuseGapAsync(context, first);
            return;
        }

        WriteHeaders(context.Response, first);
        await CopyAsync(context, terminal, first);
    }

    private async Task<TerminalRead?> FirstAsync(
        TerminalKey terminal, TerminalFrom from, TerminalBounds bounds, CancellationToken requestAborted)
    {
        if (from.Kind == TerminalFromKind.Offset)
        {
            return await log.ReadTerminalAsync(
                terminal, new(from.Value, from.Epoch), SliceBytes, ReadLane.Bulk, requestAborted);
        }

        var safe = new SafeReads(log);
        TerminalCursor place = from.Kind == TerminalFromKind.Tail
            ? await safe.FindTailAsync(terminal, bounds, from.Value, requestAborted)
            : new(bounds.Start, bounds.Epoch);
        return await safe.ReadAsync(terminal, place, SliceBytes, ReadLane.Bulk, requestAborted);
    }

    private Task RefuseGapAsync(HttpContext context, TerminalRead read)
    {
        TerminalBounds bounds = read.Bounds;
        (string code, string why) = read.Outcome switch
        {
            ReadOutcome.OtherEpoch => (ErrorCodes.OtherEpoch, "The terminal has another epoch: its history was lost."),
            ReadOutcome.Trimmed => (ErrorCodes.Gap, "The bytes at the given offset are no longer retained."),
            _ => (ErrorCodes.Gap, "The given offset is ahead of the terminal's end."),
        };
        string detail = string.Create(
            CultureInfo.InvariantCulture,
            $"{why} Bytes {bounds.Start} to {bounds.End} of epoch {bounds.Epoch} are there; from=start gives them.");
        return reads.RefuseAsync(context, Kind, StatusCodes.Status409Conflict, code, detail, members: json =>
        {
            json.WriteString("epoch"u8, bounds.Epoch.ToString());
            json.WriteNumber("start"u8, bounds.Start);
            json.WriteNumber("end"u8, bounds.End);
        });
    }

    private static void WriteHeaders(HttpResponse response, TerminalRead read)
    {
        response.ContentType = "application/octet-stream";
        response.ContentLength = read.Bounds.End - read.Start.Offset;
        response.Headers.CacheControl = "no-store";
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["Realtime-Epoch"] = read.Start.Epoch.ToString();
        response.Headers["Realtime-Offset"] = read.Start.Offset.ToString(CultureInfo.InvariantCulture);
        if (read.Size is { } size)
        {
            response.Headers["Realtime-Size"] = string.Create(
                CultureInfo.InvariantCulture, $"{size.Columns}x{size.Rows}");
        }

        response.Headers["Realtime-End"] = read.Bounds.End.ToString(CultureInfo.InvariantCulture);
        if (read.Bounds.ExitCode is { } exitCode)
        {
            response.Headers["Realtime-Exit-Code"] = exitCode.ToString(CultureInfo.InvariantCulture);
        }
    }

    private async Task CopyAsync(HttpContext context, TerminalKey terminal, TerminalRead? read)
    {
        TerminalCursor place = read!.Start;
        long end = read.Bounds.End;
        while (true)
        {
            foreach (TerminalChunk chunk in read.Chunks)
            {
                int length = (int)Math.Clamp(end - place.Offset, 0, chunk.Data.Length);
                await context.Response.Body.WriteAsync(chunk.Data[..length], context.RequestAborted);
                place = place.After(chunk);
                metrics.BytesRead(length);
            }

            if (place.Offset >= end)
            {
                return;
            }

            read = await TryReadAsync(terminal, place, context.RequestAborted);
            if (read is not { Outcome: ReadOutcome.Whole, Chunks.Count: > 0 })
            {
                metrics.Aborted();
                context.Abort();
                return;
            }
        }
    }

    private async Task<TerminalRead?> TryReadAsync(
        TerminalKey terminal, TerminalCursor place, CancellationToken requestAborted)
    {
        try
        {
            return await log.ReadTerminalAsync(terminal, place, SliceBytes, ReadLane.Bulk, requestAborted);
        }
        catch (LogUnavailableException)
        {
            return null;
        }
    }
}
