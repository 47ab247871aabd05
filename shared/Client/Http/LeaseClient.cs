using System.Buffers;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Realtime.Client.Http;

/// <summary>Takes leases for the client's producer, renews them and gives them back.</summary>
internal sealed class LeaseClient(EdgeHttp http, ProducerIdentity producer, RealtimeClientOptions options)
{
    private const int AnswerBytesMax = 64 * 1024;

    /// <summary>Takes one; tries again what may pass.</summary>
    /// <exception cref="RealtimeException">It could not be taken.</exception>
    public async Task<LeaseTaken> TakeAsync(
        string? agent, string? task, TimeSpan ttl, CancellationToken cancellationToken)
    {
        using var retrying = new Retrying(options, cancellationToken);
        RealtimeException? last = null;
        try
        {
            EdgeAnswer<LeaseTaken> answer;
            do
            {
                answer = await http.AskAsync(
                    () => RequestOf("v1/leases", agent, task, ttl), ReadAsync, retrying.Ended);
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

    /// <summary>Renews one: asks once, for no longer than <paramref name="patience"/>. What was lost meanwhile is not
    /// taken anew.</summary>
    public async Task<EdgeAnswer<LeaseTaken>> RenewAsync(
        string? agent, string? task, TimeSpan ttl, TimeSpan patience, CancellationToken cancellationToken) =>
        await http.AskAsync(
            () => RequestOf("v1/leases", agent, task, ttl, isRenewal: true), ReadAsync, cancellationToken, patience);

    /// <summary>Gives one back, if the server can be reached in that time.</summary>
    public async Task ReleaseAsync(string? agent, string? task, CancellationToken overdue)
    {
        try
        {
            await http.AskAsync(
                () => RequestOf("v1/leases/release", agent, task, null),
                static (_, _, _) => Task.FromResult(true), overdue);
        }
        catch (OperationCanceledException) when (overdue.IsCancellationRequested)
        {
            // It runs out by itself.
        }
    }

    private HttpRequestMessage RequestOf(
        string address, string? agent, string? task, TimeSpan? ttl, bool isRenewal = false)
    {
        var output = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartObject();
            if (agent is not null)
            {
                json.WriteString("agent", agent);
            }

            if (task is not null)
            {
                json.WriteString("task", task);
            }

            json.WriteString("holder", producer.Id);
            json.WriteNumber("epoch", producer.Epoch);
            if (ttl is { } time)
            {
                json.WriteNumber("ttl_ms", (long)time.TotalMilliseconds);
            }

            if (isRenewal)
            {
                json.WriteBoolean("renew", true);
            }

            json.WriteEndObject();
        }

        return new HttpRequestMessage(HttpMethod.Post, new Uri(address, UriKind.Relative))
        {
            Content = new ByteArrayContent(output.WrittenSpan.ToArray())
            {
                Headers = { ContentType = new MediaTypeHeaderValue("application/json") },
            },
        };
    }

    private static async Task<LeaseTaken> ReadAsync(
        HttpResponseMessage answer, Action progress, CancellationToken cancellationToken)
    {
        byte[]? body = await Body.ReadAsync(answer.Content, AnswerBytesMax, progress, cancellationToken);
        using JsonDocument document = JsonDocument.Parse(
            body ?? throw new JsonException("too large"));
        JsonElement told = document.RootElement;
        return told.ValueKind == JsonValueKind.Object
            && told.TryGetProperty("lease", out JsonElement lease) && lease.ValueKind == JsonValueKind.Object
            && lease.TryGetProperty("expires_at", out JsonElement expires)
            && expires.ValueKind == JsonValueKind.Number && expires.TryGetInt64(out long expiresAtMs)
            && told.TryGetProperty("renewed", out JsonElement renewed)
            ? new LeaseTaken(expiresAtMs, renewed.ValueKind == JsonValueKind.True)
            : throw new JsonException("no lease");
    }
}
