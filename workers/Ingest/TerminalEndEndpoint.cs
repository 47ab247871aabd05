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
/// <c>POST /v1/tasks/{task}/terminal/end</c> with <c>{"exit_code":0}</c>. The first exit code stays; the same one
/// again is harmless.
/// </summary>
internal sealed class TerminalEndEndpoint(
    TerminalIngest terminals, ByteBudget budget, Refusals refusals, HttpAnswers answers)
{
    // Room for the one number and for fields to come.
    private const int BodyBytesMax = 4096;

    private static readonly JsonDocumentOptions JsonOptions = new() { MaxDepth = 8 };
    private static readonly MessagePackLimits BodyLimits = new(Depth: 8, Values: BodyBytesMax, Bytes: BodyBytesMax);

    public Task HandleAsync(HttpContext context, string task) =>
        answers.AnswerAsync(context, IngestKind.TerminalEnd, () => EndAsync(context, task));

    private async Task<IngestAnswer> EndAsync(HttpContext context, string task)
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

        return (isMessagePack ? ReadMessagePack(body.Bytes.Span) : ReadJson(body.Bytes)) is { } exitCode
            ? await terminals.EndAsync(new TerminalKey(identity.Tenant, task), exitCode, context.RequestAborted)
            : Refusals.BadRequest(
                "The body must be an object such as {\"exit_code\":0}.",
                new ProblemError("/exit_code", "must be a whole number from -2147483648 to 2147483647"));
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
}
