using System.Globalization;
using System.Text.Json;
using Realtime.Hosting.Identity;
using Realtime.Hosting.Problems;
using Realtime.Log;
using Realtime.Protocol.MessagePack;
using Realtime.Protocol.Messages;
using Realtime.Workers.Answers;
using Realtime.Workers.Queries;
using Realtime.Workers.Stamp;

namespace Realtime.Workers.Ingest;

/// <summary>
/// <c>POST /v1/tasks/{task}/terminal/end</c> with <c>{"exit_code":0}</c>. The first exit code stays; the same one
/// again is harmless.
/// </summary>
internal sealed class TerminalEndEndpoint(
    IPartitionedLog log, ByteBudget budget, Refusals refusals, IngestMetrics metrics, TimeProvider clock)
{
    private const IngestKind Kind = IngestKind.TerminalEnd;

    // Room for the one number and for fields to come.
    private const int BodyBytesMax = 4096;

    private static readonly JsonDocumentOptions JsonOptions = new() { MaxDepth = 8 };
    private static readonly MessagePackLimits BodyLimits = new(Depth: 8, Values: BodyBytesMax, Bytes: BodyBytesMax);

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
        if (query.Errors.Count > 0)
        {
            await refusals.BadRequestAsync(context, Kind, "The address is wrong; see errors.", query.Errors);
            return;
        }

        bool isMessagePack = MediaTypes.IsMessagePack(context.Request.ContentType);
        if (!isMessagePack && !MediaTypes.IsJson(context.Request.ContentType))
        {
            await refusals.MediaTypeAsync(context, Kind, MediaTypes.MessagesRule);
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
            context.Request.BodyReader, context.Request.ContentLength, BodyBytesMax, context.RequestAborted);
        if (outcome != BodyOutcome.Read)
        {
            await refusals.BodyAsync(context, Kind, outcome, BodyBytesMax);
        }
        else if ((isMessagePack ? ReadMessagePack(body.Bytes.Span) : ReadJson(body.Bytes)) is { } exitCode)
        {
            await EndAsync(context, new TerminalKey(identity.Tenant, task), exitCode);
        }
        else
        {
            await refusals.BadRequestAsync(
                context, Kind, "The body must be an object such as {\"exit_code\":0}.",
                [new ProblemError("/exit_code", "must be a whole number from -2147483648 to 2147483647")]);
        }
    }

    private static int? ReadJson(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, JsonOptions);
            return document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("exit_code"u8, out JsonElement exitCode)
                && exitCode.ValueKind == JsonValueKind.Number
                && exitCode.TryGetInt32(out int number)
                ? number
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static int? ReadMessagePack(ReadOnlySpan<byte> body)
    {
        int? exitCode = null;
        var reader = new MessagePackReader(body);
        bool isWhole = reader.TryReadMapHeader(out int pairs);
        for (; isWhole && pairs > 0; pairs--)
        {
            bool isText = reader.TryReadString(out ReadOnlySpan<byte> name);
            if (isText && name.SequenceEqual("exit_code"u8))
            {
                isWhole = reader.TryReadInt32(out int number);
                exitCode = number;
            }
            else
            {
                // A key that is no text names nothing that we know.
                isWhole = (isText || reader.TrySkip(BodyLimits)) && reader.TrySkip(BodyLimits);
            }
        }

        return isWhole && reader.IsAtEnd ? exitCode : null;
    }

    private async Task EndAsync(HttpContext context, TerminalKey terminal, int exitCode)
    {
        TerminalEndResult result;
        try
        {
            result = await log.EndTerminalAsync(terminal, exitCode, context.RequestAborted);
        }
        catch (LogUnavailableException unavailable)
        {
            await refusals.LogUnavailableAsync(context, Kind, LogTrouble.DetailOfWrite(unavailable.Reason));
            return;
        }

        if (result.ExitCode != exitCode)
        {
            string detail = string.Create(
                CultureInfo.InvariantCulture, $"The terminal has ended before, with exit code {result.ExitCode}.");
            await refusals.ConflictAsync(context, Kind, ErrorCodes.Ended, detail, members: json => Write(json, result));
            return;
        }

        await Answering.WriteAsync(context, StatusCodes.Status200OK, json => Write(json, result));
    }

    private static void Write(Utf8JsonWriter json, TerminalEndResult result)
    {
        json.WriteNumber("exit_code"u8, result.ExitCode);
        json.WriteNumber("end"u8, result.End);
        json.WriteString("epoch"u8, result.Epoch.ToString());
    }
}
