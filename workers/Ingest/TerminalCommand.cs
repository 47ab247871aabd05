using System.Text.Json;
using Realtime.Hosting.Identity;
using Realtime.Hosting.Problems;
using Realtime.Log;
using Realtime.Protocol;
using Realtime.Protocol.MessagePack;
using Realtime.Workers.Answers;
using Realtime.Workers.Queries;
using Realtime.Workers.Stamp;

namespace Realtime.Workers.Ingest;

/// <summary>
/// What the requests about a terminal have in common whose body is a small object of whole numbers, in JSON or in
/// MessagePack.
/// </summary>
internal sealed class TerminalCommand(BodyBudget bodies, Refusals refusals, HttpAnswers answers)
{
    // Room for the numbers and for fields to come.
    private const int BodyBytesMax = 4096;
    private const int DepthMax = 8;

    private static readonly JsonDocumentOptions JsonOptions = new() { MaxDepth = DepthMax };

    // Every value takes a byte or more.
    private static readonly MessagePackLimits ValueLimits = new(DepthMax, BodyBytesMax, BodyBytesMax);

    /// <param name="context">The request.</param>
    /// <param name="kind">How it is counted.</param>
    /// <param name="task">Whose terminal, as the address has it.</param>
    /// <param name="example">A right body, for the answer to a wrong one.</param>
    /// <param name="fields">The numbers that the body must have.</param>
    /// <param name="actAsync">Does it with the numbers in the order of <paramref name="fields"/>.</param>
    public Task HandleAsync(
        HttpContext context, IngestKind kind, string task, string example, NumberField[] fields,
        Func<TerminalKey, ProducerClaim?, int[], Task<IngestAnswer>> actAsync) =>
        answers.AnswerAsync(context, kind, async () =>
        {
            Identity identity = context.GetIdentity();
            IngestAnswer.Refused? refused =
                CheckRequest(context, task, out ProducerClaim? claim) ?? TerminalIngest.CheckGrants(identity, task);
            if (refused is not null)
            {
                return refused;
            }

            using var body = new RequestBody(bodies);
            BodyOutcome outcome = await body.ReadAsync(
                context.Request.BodyReader, context.Request.ContentLength, BodyBytesMax, context.RequestAborted);
            if (outcome != BodyOutcome.Read)
            {
                return refusals.Body(outcome, BodyBytesMax);
            }

            int?[] numbers = MediaTypes.IsMessagePack(context.Request.ContentType)
                ? ReadMessagePack(body.Bytes.Span, fields)
                : ReadJson(body.Bytes, fields);
            ProblemError[] errors =
                [.. fields.Where((field, at) => !field.Allows(numbers[at])).Select(field => field.Error)];
            return errors.Length == 0
                ? await actAsync(new TerminalKey(identity.Tenant, task), claim, [.. numbers.OfType<int>()])
                : Refusals.BadRequest($"The body must be an object such as {example}.", errors);
        });

    private static IngestAnswer.Refused? CheckRequest(
        HttpContext context, string task, out ProducerClaim? claim)
    {
        var query = new QueryReader(context.Request.Query);
        claim = ClaimQuery.Read(query);
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

    // A number is null if it is missing or no whole number; all are if the body is none of what it should be.
    private static int?[] ReadJson(ReadOnlyMemory<byte> body, NumberField[] fields)
    {
        try
        {
            using var document = JsonDocument.Parse(body, JsonOptions);
            JsonElement root = document.RootElement;
            return Array.ConvertAll(fields, field =>
                root.ValueKind == JsonValueKind.Object
                && root.TryGetProperty(field.Name, out JsonElement value)
                && value.ValueKind == JsonValueKind.Number
                && value.TryGetInt32(out int number)
                    ? number
                    : (int?)null);
        }
        catch (JsonException)
        {
            return new int?[fields.Length];
        }
    }

    private static int?[] ReadMessagePack(ReadOnlySpan<byte> body, NumberField[] fields)
    {
        var numbers = new int?[fields.Length];
        var reader = new MessagePackReader(body);
        bool isWhole = reader.TryReadMapHeader(out int pairs);
        for (; isWhole && pairs > 0; pairs--)
        {
            bool isText = reader.TryReadString(out ReadOnlySpan<byte> name);
            int at = isText ? IndexOf(fields, name) : -1;
            if (at >= 0 && reader.TryReadInt32(out int number))
            {
                numbers[at] = number;
            }
            else if (at >= 0)
            {
                numbers[at] = null;
                isWhole = reader.TrySkip(ValueLimits);
            }
            else
            {
                // A key that is no text names nothing that we know.
                isWhole = (isText || reader.TrySkip(ValueLimits)) && reader.TrySkip(ValueLimits);
            }
        }

        return isWhole && reader.IsAtEnd ? numbers : new int?[fields.Length];
    }

    private static int IndexOf(NumberField[] fields, ReadOnlySpan<byte> name)
    {
        int at = fields.Length - 1;
        while (at >= 0 && !name.SequenceEqual(fields[at].NameUtf8.Span))
        {
            at--;
        }

        return at;
    }
}
