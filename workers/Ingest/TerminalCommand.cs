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
/// What the requests about a terminal have in common whose body is a small object of whole numbers, in JSON or in
/// MessagePack.
/// </summary>
internal sealed class TerminalCommand(ByteBudget budget, Refusals refusals, HttpAnswers answers)
{
    // Room for the numbers and for fields to come.
    private const int BodyBytesMax = 4096;
    private const int DepthMax = 8;

    private static readonly JsonDocumentOptions JsonOptions = new() { MaxDepth = DepthMax };

    // Every value takes a byte or more.
    private static readonly MessagePackLimits MessagePackOptions = new(DepthMax, BodyBytesMax, BodyBytesMax);

    /// <param name="context">The request.</param>
    /// <param name="kind">How it is counted.</param>
    /// <param name="task">Whose terminal, as the address has it.</param>
    /// <param name="example">A right body, for the answer to a wrong one.</param>
    /// <param name="fields">The numbers that the body must have.</param>
    /// <param name="actAsync">Does it with the numbers in the order of <paramref name="fields"/>.</param>
    public Task HandleAsync(
        HttpContext context, IngestKind kind, string task, string example, NumberField[] fields,
        Func<TerminalKey, int[], Task<IngestAnswer>> actAsync) =>
        answers.AnswerAsync(context, kind, async () =>
        {
            Identity identity = context.GetIdentity();
            if ((CheckRequest(context, task) ?? TerminalIngest.CheckGrants(identity, task)) is { } refused)
            {
                return refused;
            }

            using var body = new RequestBody(budget);
            BodyOutcome outcome = await body.ReadAsync(
                context.Request.BodyReader, context.Request.ContentLength, BodyBytesMax, context.RequestAborted);
            if (outcome != BodyOutcome.Read)
            {
                return refusals.Body(outcome, BodyBytesMax);
            }

            ReadOnlyMemory<byte> json = MediaTypes.IsMessagePack(context.Request.ContentType)
                ? ToJson(body.Bytes.Span)
                : body.Bytes;
            List<ProblemError> errors = [];
            int[] numbers = Read(json, fields, errors);
            return errors.Count == 0
                ? await actAsync(new TerminalKey(identity.Tenant, task), numbers)
                : Refusals.BadRequest($"The body must be an object such as {example}.", errors);
        });

    private static IngestAnswer.Refused? CheckRequest(HttpContext context, string task)
    {
        var query = new QueryReader(context.Request.Query);
        TaskName.Check(query, task);
        if (query.Errors.Count > 0)
        {
            return Refusals.BadRequest("The address is wrong; see errors.", query.Errors);
        }

        string? contentType = context.Request.ContentType;
        return MediaTypes.IsJson(contentType) || MediaTypes.IsMessagePack(contentType)
            ? null
            : Refusals.MediaType(MediaTypes.MessagesRule);
    }

    // Nothing, which is no JSON either, if it is no MessagePack.
    private static ReadOnlyMemory<byte> ToJson(ReadOnlySpan<byte> messagePack)
    {
        var json = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(json);
        if (!MessagePackToJson.TryWrite(messagePack, writer, MessagePackOptions))
        {
            return default;
        }

        writer.Flush();
        return json.WrittenMemory;
    }

    private static int[] Read(ReadOnlyMemory<byte> json, NumberField[] fields, List<ProblemError> errors)
    {
        JsonDocument? document = null;
        try
        {
            document = JsonDocument.Parse(json, JsonOptions);
        }
        catch (JsonException)
        {
            // Then every field is missing.
        }

        using (document)
        {
            JsonElement root = document?.RootElement ?? default;
            return Array.ConvertAll(fields, field => field.Read(root, errors));
        }
    }
}
