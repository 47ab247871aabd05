using System.Text.Json;
using Realtime.Client.Wire;

namespace Realtime.Client.Http;

/// <summary>What a problem document says (PROTOCOL.md section 11).</summary>
/// <param name="Code">Its code; null if there is no such document.</param>
/// <param name="Detail">For people.</param>
/// <param name="Retry">Whether the same again may succeed; null if it does not say.</param>
/// <param name="Errors">What is wrong, place by place.</param>
/// <param name="Expected">Of a hole: the offset at which the terminal ends.</param>
/// <param name="Epoch">Of a hole: the terminal's epoch.</param>
/// <param name="ExpiresAtMs">Of a lease that another holds: until when, ms since 1970.</param>
/// <param name="Results">Of events that were all refused: what became of each.</param>
internal readonly record struct Problem(
    string? Code, string? Detail, bool? Retry, IReadOnlyList<ErrorPlace>? Errors, long? Expected, string? Epoch,
    long? ExpiresAtMs, List<PublishResult>? Results)
{
    private const int BytesMax = 256 * 1024;

    /// <summary>Reads it; empty if the body is something else.</summary>
    public static async Task<Problem> ReadAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        byte[]? body = await Body.ReadAsync(answer.Content, BytesMax, static () => { }, cancellationToken);
        try
        {
            return body is null ? default : Read(body);
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            // The latter is text that is not UTF-8.
            return default;
        }
    }

    private static Problem Read(byte[] body)
    {
        var reader = new Utf8JsonReader(body, ServerMessageReader.Options);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return default;
        }

        string? code = null, detail = null, epoch = null;
        bool? retry = null;
        long? expected = null, expiresAtMs = null;
        List<ErrorPlace>? errors = null;
        List<PublishResult>? results = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = reader.GetString()!;
            reader.Read();
            switch (name)
            {
                case "code": code = ServerMessageReader.ReadText(ref reader); break;
                case "detail": detail = ServerMessageReader.ReadText(ref reader); break;
                case "epoch": epoch = ServerMessageReader.ReadText(ref reader); break;
                case "retry" when reader.TokenType is JsonTokenType.True or JsonTokenType.False:
                    retry = reader.GetBoolean();
                    break;
                case "expected" when reader.TokenType is JsonTokenType.Number && reader.TryGetInt64(out long number):
                    expected = number;
                    break;
                case "expires_at" when reader.TokenType is JsonTokenType.Number && reader.TryGetInt64(out long at):
                    expiresAtMs = at;
                    break;
                case "errors" when reader.TokenType is JsonTokenType.StartArray:
                    errors = ReadErrors(ref reader);
                    break;
                case "results" when reader.TokenType is JsonTokenType.StartArray:
                    PublishAnswer.ReadResults(ref reader, results = []);
                    break;
                default: reader.Skip(); break;
            }
        }

        return new Problem(code, detail, retry, errors, expected, epoch, expiresAtMs, results);
    }

    private static List<ErrorPlace> ReadErrors(ref Utf8JsonReader reader)
    {
        var errors = new List<ErrorPlace>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                reader.Skip();
                continue;
            }

            string where = string.Empty, detail = string.Empty;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                bool isWhere = reader.ValueTextEquals("where"u8);
                bool isDetail = reader.ValueTextEquals("detail"u8);
                reader.Read();
                string? text = ServerMessageReader.ReadText(ref reader);
                where = isWhere ? text ?? where : where;
                detail = isDetail ? text ?? detail : detail;
            }

            errors.Add(new ErrorPlace(where, detail));
        }

        return errors;
    }
}
