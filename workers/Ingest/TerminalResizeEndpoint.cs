using System.Buffers;
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
/// <c>POST /v1/tasks/{task}/terminal/resize</c> with <c>{"cols":120,"rows":40}</c>: from the terminal's end on it has
/// this size. The same again is harmless.
/// </summary>
internal sealed class TerminalResizeEndpoint(
    IPartitionedLog log, ByteBudget budget, Refusals refusals, IngestMetrics metrics, TimeProvider clock)
{
    private const IngestKind Kind = IngestKind.TerminalResize;

    // Room for the two numbers and for fields to come.
    private const int BodyBytesMax = 4096;

    private static readonly JsonDocumentOptions JsonOptions = new() { MaxDepth = 8 };

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
        List<ProblemError> errors = [];
        if (outcome != BodyOutcome.Read)
        {
            await refusals.BodyAsync(context, Kind, outcome, BodyBytesMax);
        }
        else if (ReadSize(isMessagePack ? ToJson(body.Bytes.Span) : body.Bytes, errors) is { } size)
        {
            await ResizeAsync(context, new TerminalKey(identity.Tenant, task), size);
        }
        else
        {
            await refusals.BadRequestAsync(
                context, Kind, "The body must be an object such as {\"cols\":120,\"rows\":40}.", errors);
        }
    }

    // Nothing, which is no JSON either, if it is no MessagePack.
    private static ReadOnlyMemory<byte> ToJson(ReadOnlySpan<byte> messagePack)
    {
        var json = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(json);
        if (!MessagePackToJson.TryWrite(messagePack, writer, new MessagePackLimits(8, BodyBytesMax, BodyBytesMax)))
        {
            return default;
        }

        writer.Flush();
        return json.WrittenMemory;
    }

    private static TerminalSize? ReadSize(ReadOnlyMemory<byte> body, List<ProblemError> errors)
    {
        JsonDocument? document = null;
        try
        {
            document = JsonDocument.Parse(body, JsonOptions);
        }
        catch (JsonException)
        {
            // Then both fields are missing.
        }

        using (document)
        {
            int columns = ReadNumber(document, "cols", LogLimits.TerminalColumnsMax, errors);
            int rows = ReadNumber(document, "rows", LogLimits.TerminalRowsMax, errors);
            return errors.Count == 0 ? new TerminalSize(columns, rows) : null;
        }
    }

    private static int ReadNumber(JsonDocument? document, string name, int max, List<ProblemError> errors)
    {
        if (document?.RootElement is { ValueKind: JsonValueKind.Object } root
            && root.TryGetProperty(name, out JsonElement value)
            && value.ValueKind == JsonValueKind.Number
            && value.TryGetInt32(out int number)
            && number >= 1
            && number <= max)
        {
            return number;
        }

        errors.Add(new ProblemError($"/{name}", $"must be a whole number from 1 to {max}"));
        return 0;
    }

    private async Task ResizeAsync(HttpContext context, TerminalKey terminal, TerminalSize size)
    {
        TerminalResizeResult result;
        try
        {
            result = await log.ResizeTerminalAsync(terminal, size, context.RequestAborted);
        }
        catch (LogUnavailableException unavailable)
        {
            await refusals.LogUnavailableAsync(context, Kind, LogTrouble.DetailOfWrite(unavailable.Reason));
            return;
        }

        if (result.Status == TerminalResizeStatus.Ended)
        {
            await refusals.ConflictAsync(
                context, Kind, ErrorCodes.Ended, "The terminal has ended; its size stays what it was.",
                members: json => Write(json, result));
            return;
        }

        await Answering.WriteAsync(context, StatusCodes.Status200OK, json => Write(json, result));
    }

    private static void Write(Utf8JsonWriter json, TerminalResizeResult result)
    {
        json.WriteNumber("end"u8, result.End);
        json.WriteString("epoch"u8, result.Epoch.ToString());
    }
}
