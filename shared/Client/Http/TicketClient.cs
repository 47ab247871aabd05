using System.Buffers;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Realtime.Client.Http;

/// <summary>Has tickets made; one that nobody uses ends by itself, so asking again does no harm.</summary>
internal sealed class TicketClient(EdgeHttp http, RealtimeClientOptions options)
{
    private const int AnswerBytesMax = 64 * 1024;

    /// <summary>Has one made; tries again what may pass.</summary>
    /// <exception cref="RealtimeException">There is none.</exception>
    public async Task<Ticket> CreateAsync(TicketOptions wanted, CancellationToken cancellationToken)
    {
        byte[] body = Write(wanted);
        using var retrying = new Retrying(options, cancellationToken);
        RealtimeException? last = null;
        try
        {
            EdgeAnswer<Ticket> answer;
            do
            {
                answer = await http.AskAsync(() => RequestOf(body), ReadAsync, retrying.Ended);
                last = answer.Error;
            }
            while (last is { Retry: true } && await retrying.WaitAsync(answer.RetryAfter));
            return answer.Get();
        }
        catch (OperationCanceledException late) when (retrying.IsOverdue(late))
        {
            throw retrying.OverdueError(last);
        }
    }

    private static byte[] Write(TicketOptions wanted)
    {
        var output = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartObject();
            if (wanted.Scope is not null)
            {
                json.WriteString("scope", wanted.Scope);
            }

            if (wanted.Origin is not null)
            {
                json.WriteString("origin", wanted.Origin);
            }

            if (wanted.Lifetime is { } lifetime)
            {
                json.WriteNumber("lifetime_ms", (long)lifetime.TotalMilliseconds);
            }

            json.WriteEndObject();
        }

        return output.WrittenSpan.ToArray();
    }

    private static HttpRequestMessage RequestOf(byte[] body) =>
        new(HttpMethod.Post, new Uri("v1/tickets", UriKind.Relative))
        {
            Content = new ByteArrayContent(body)
            {
                Headers = { ContentType = new MediaTypeHeaderValue("application/json") },
            },
        };

    private static async Task<Ticket> ReadAsync(
        HttpResponseMessage answer, Action progress, CancellationToken cancellationToken)
    {
        byte[]? body = await Body.ReadAsync(answer.Content, AnswerBytesMax, progress, cancellationToken);
        using JsonDocument document = JsonDocument.Parse(body ?? throw new JsonException("too large"));
        JsonElement told = document.RootElement;
        return told.ValueKind == JsonValueKind.Object
            && told.TryGetProperty("ticket", out JsonElement ticket) && ticket.ValueKind == JsonValueKind.String
            && told.TryGetProperty("expires_at", out JsonElement expires)
            && expires.ValueKind == JsonValueKind.Number && expires.TryGetInt64(out long expiresAtMs)
            ? new Ticket(ticket.GetString()!, DateTimeOffset.FromUnixTimeMilliseconds(expiresAtMs))
            : throw new JsonException("no ticket");
    }
}
