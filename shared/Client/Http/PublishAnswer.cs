using System.Text.Json;
using Realtime.Client.Wire;
using Realtime.Protocol;
using Realtime.Protocol.Messages;

namespace Realtime.Client.Http;

/// <summary>The answer to a publish or an append: results, pressure, and where a terminal stands.</summary>
internal sealed record PublishAnswer
{
    /// <summary>Of events: what became of each.</summary>
    public List<PublishResult> Results { get; init; } = [];

    /// <summary><c>ok</c> or <c>pause</c>; null if it was not told.</summary>
    public string? Pressure { get; private set; }

    public long End { get; private set; }

    public Epoch Epoch { get; private set; }

    public bool IsDuplicate { get; private set; }

    /// <summary>Of an append: how many bytes were new; null if it was not told, as by older servers.</summary>
    public long? StoredBytes { get; private set; }

    /// <summary>Reads it.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static PublishAnswer Read(ReadOnlySpan<byte> body)
    {
        try
        {
            return ReadBody(body);
        }
        catch (InvalidOperationException failure)
        {
            throw new JsonException("text that is not UTF-8", failure);
        }
    }

    private static PublishAnswer ReadBody(ReadOnlySpan<byte> body)
    {
        var answer = new PublishAnswer();
        var reader = new Utf8JsonReader(body, ServerMessageReader.Options);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = reader.GetString()!;
            reader.Read();
            switch (name)
            {
                case "results" when reader.TokenType == JsonTokenType.StartArray:
                    ReadResults(ref reader, answer.Results);
                    break;
                case "pressure" when reader.TokenType == JsonTokenType.StartObject:
                    answer.Pressure = ReadFields(ref reader).State;
                    break;
                case "end" when reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out long end):
                    answer.End = end;
                    break;
                case "epoch" when Epoch.TryParse(ServerMessageReader.ReadText(ref reader), out Epoch epoch):
                    answer.Epoch = epoch;
                    break;
                case "stored" when reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out long stored):
                    answer.StoredBytes = stored;
                    break;
                case "duplicate":
                    answer.IsDuplicate = reader.TokenType == JsonTokenType.True;
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return answer;
    }

    /// <summary>Reads the results of events, at the beginning of their list.</summary>
    public static void ReadResults(ref Utf8JsonReader reader, List<PublishResult> results)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            results.Add(ReadResult(ref reader));
        }
    }

    private static PublishResult ReadResult(ref Utf8JsonReader reader)
    {
        Fields found = ReadFields(ref reader);
        return EventPosition.TryParse(found.Id, out EventPosition id)
            ? new PublishResult(id, found.IsDuplicate, null)
            : found is { IsDuplicate: true, Id: null, Code: null }
            ? new PublishResult(null, true, null)
            : found is { Code: ErrorCodes.ProducerGap, Expected: { } expected }
            ? new PublishResult(null, false, new ProducerGapException(found.Detail ?? "Events are missing.", expected))
            : new PublishResult(null, false, new RealtimeException(
                found.Code ?? ClientErrorCodes.Protocol, found.Detail ?? "A result without id and error.",
                found.Retry))
            {
                RetryAfter = TimeSpan.FromMilliseconds(Math.Clamp(found.RetryAfterMs ?? 0, 0, int.MaxValue)),
            };
    }

    // The fields of an object and of those in it: their names don't collide.
    private static Fields ReadFields(ref Utf8JsonReader reader)
    {
        var found = default(Fields);
        int depth = reader.CurrentDepth;
        while (reader.Read() && !(reader.TokenType == JsonTokenType.EndObject && reader.CurrentDepth == depth))
        {
            if (reader.TokenType != JsonTokenType.PropertyName)
            {
                continue;
            }

            string name = reader.GetString()!;
            reader.Read();
            bool isTrue = reader.TokenType == JsonTokenType.True;
            string? text = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
            found = name switch
            {
                "id" => found with { Id = text },
                "state" => found with { State = text },
                "code" => found with { Code = text },
                "detail" => found with { Detail = text },
                "duplicate" => found with { IsDuplicate = isTrue },
                "retry" => found with { Retry = isTrue },
                "retry_after_ms" => found with { RetryAfterMs = NumberOf(ref reader) },
                "expected" => found with { Expected = NumberOf(ref reader) },
                _ => found,
            };
        }

        return found;
    }

    private static long? NumberOf(ref Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out long number) ? number : null;

    private readonly record struct Fields(
        string? Id, string? State, string? Code, string? Detail, bool IsDuplicate, bool Retry, long? Expected,
        long? RetryAfterMs);
}
