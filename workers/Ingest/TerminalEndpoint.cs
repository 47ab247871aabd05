using System.Globalization;
using System.Text.Json;
using Realtime.Hosting.Identity;
using Realtime.Log;
using Realtime.Protocol.Messages;
using Realtime.Workers.Answers;
using Realtime.Workers.Queries;
using Realtime.Workers.Stamp;

namespace Realtime.Workers.Ingest;

/// <summary>
/// <c>POST /v1/tasks/{task}/terminal</c>: raw bytes, appended as one. With an offset a retry is harmless.
/// </summary>
internal sealed class TerminalEndpoint(
    IPartitionedLog log, IngestOptions options, ByteBudget budget, Refusals refusals, IngestMetrics metrics,
    TimeProvider clock)
{
    private const IngestKind Kind = IngestKind.Terminal;

    public async Task HandleAsync(HttpContext context, string task)
    {
        long started = clock.GetTimestamp();
        await AnswerAsync(context, task);
        metrics.Answered(Kind, clock.GetElapsedTime(started));
    }

    private async Task AnswerAsync(HttpContext context, string task)
    {
        var query = new QueryReader(context.Request.Query);
        TaskName.Check(query, task);
        TerminalAppend target = TerminalQuery.Read(query);
        if (query.Errors.Count > 0)
        {
            await refusals.BadRequestAsync(context, Kind, "The address is wrong; see errors.", query.Errors);
            return;
        }

        if (!MediaTypes.IsBytes(context.Request.ContentType))
        {
            await refusals.MediaTypeAsync(context, Kind, MediaTypes.BytesRule);
            return;
        }

        Identity identity = context.GetIdentity();
        if (!identity.Grants.MayPublishTerminal(task))
        {
            await refusals.ForbiddenAsync(context, Kind, "The token does not allow to write this task's terminal.");
            return;
        }

        using var body = new RequestBody(budget);
        BodyOutcome outcome = await body.ReadAsync(
            context.Request.BodyReader, context.Request.ContentLength, options.BodyBytesMax, context.RequestAborted);
        if (outcome != BodyOutcome.Read)
        {
            await refusals.BodyAsync(context, Kind, outcome, options.BodyBytesMax);
        }
        else if (body.Bytes.IsEmpty)
        {
            await refusals.BadRequestAsync(context, Kind, "The body is empty; it must hold the terminal's bytes.");
        }
        else
        {
            await AppendAsync(context, new TerminalKey(identity.Tenant, task), target with { Data = body.Bytes });
        }
    }

    private async Task AppendAsync(HttpContext context, TerminalKey terminal, TerminalAppend append)
    {
        metrics.TerminalAppended(append.Data.Length);
        TerminalAppendResult result;
        try
        {
            result = await log.AppendTerminalAsync(terminal, append, context.RequestAborted);
        }
        catch (LogUnavailableException unavailable)
        {
            await refusals.LogUnavailableAsync(context, Kind, LogTrouble.DetailOfWrite(unavailable.Reason));
            return;
        }

        await (result.Status switch
        {
            TerminalAppendStatus.Stored or TerminalAppendStatus.Duplicate => AcceptAsync(context, result),
            TerminalAppendStatus.Pressure => refusals.PressureAsync(
                context, Kind, "Its slowest live reader is too far behind; nothing was stored. Send it again later.",
                result.Pressure),
            TerminalAppendStatus.Hole => ConflictAsync(context, ErrorCodes.Hole, string.Create(
                CultureInfo.InvariantCulture,
                $"The terminal ends at {result.End}; bytes between there and the given offset are missing."), result),
            TerminalAppendStatus.Ended => ConflictAsync(
                context, ErrorCodes.Ended, "The terminal has ended; nothing can be appended.", result),
            TerminalAppendStatus.OtherEpoch => ConflictAsync(
                context, ErrorCodes.OtherEpoch, "after_loss names another epoch than the terminal's.", result),
            _ => throw new InvalidOperationException($"No such outcome of a terminal append: {result.Status}."),
        });
    }

    private static Task AcceptAsync(HttpContext context, TerminalAppendResult result) =>
        Answering.WriteAsync(context, StatusCodes.Status202Accepted, json =>
        {
            json.WriteNumber("end"u8, result.End);
            json.WriteString("epoch"u8, result.Epoch.ToString());
            json.WriteBoolean("duplicate"u8, result.Status == TerminalAppendStatus.Duplicate);
            PublishAnswer.WritePressure(json, result.Pressure);
        });

    private Task ConflictAsync(HttpContext context, string code, string detail, TerminalAppendResult result) =>
        refusals.ConflictAsync(context, Kind, code, detail, members: json => WriteExpected(json, result));

    private static void WriteExpected(Utf8JsonWriter json, TerminalAppendResult result)
    {
        json.WriteNumber("expected"u8, result.End);
        json.WriteString("epoch"u8, result.Epoch.ToString());
    }
}
