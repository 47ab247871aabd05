using System.Buffers;
using System.Text.Json;
using Realtime.Hosting.Identity;
using Realtime.Hosting.Problems;
using Realtime.Log;
using Realtime.Protocol.MessagePack;
using Realtime.Workers.Answers;
using Realtime.Workers.Queries;
using Realtime.Workers.Stamp;

namespace Realtime.Workers.Ingest;

/// <summary>
/// <c>POST /v1/tasks/{task}/terminal/resize</c> with <c>{"cols":120,"rows":40}</c>: from the terminal's end on it has
/// this size. The same again is harmless.
/// </summary>
internal sealed class TerminalResizeEndpoint(
    TerminalIngest terminals, ByteBudget budget, Refusals refusals, HttpAnswers answers)
{
    // Room for the two numbers and for fields to come.
    private const int BodyBytesMax = 4096;

    private static readonly JsonDocumentOptions JsonOptions = new() { MaxDepth = 8 };

    public Task HandleAsync(HttpContext context, string task) =>
        answers.AnswerAsync(context, IngestKind.TerminalResize, () => ResizeAsync(context, task));

    private async Task<IngestAnswer> ResizeAsync(HttpContext context, string task)
    {
        var query = new QueryReader(context.Request.Query);
        TaskName.Check(query, task);
        if (query.Errors.Count > 0)
        {
            return Refusals.BadRequest("The address is wrong; see errors.", query.Errors);
        }

        bool isMessagePack = MediaTypes.IsMessagePack(context.Request.ContentType);
        if (!isMessagePack && !MediaTypes.IsJson(context.Request.ContentType))
        {
            return Refusals.MediaType(MediaTypes.MessagesRule);
        }

        Identity identity = context.GetIdentity();
        if (TerminalIngest.CheckGrants(identity, task) is { } forbidden)
        {
            return forbidden;
        }

        using var body = new RequestBody(budget);
        BodyOutcome outcome = await body.ReadAsync(
            context.Request.BodyReader, context.Request.ContentLength, BodyBytesMax, context.RequestAborted);
        if (outcome != BodyOutcome.Read)
        {
            return refusals.Body(outcome, BodyBytesMax);
        }

        List<ProblemError> errors = [];
        return ReadSize(isMessagePack ? ToJson(body.Bytes.Span) : body.Bytes, errors) is { } size
            ? await terminals.ResizeAsync(new TerminalKey(identity.Tenant, task), size, context.RequestAborted)
            : Refusals.BadRequest("The body must be an object such as {\"cols\":120,\"rows\":40}.", errors);
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
}
