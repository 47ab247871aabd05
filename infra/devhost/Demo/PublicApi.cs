using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Realtime.Protocol.Messages;

namespace Realtime.Devhost.Demo;

/// <summary>
/// Publishes through the edge as any producer would: every event has an idempotency key and every terminal chunk an
/// offset, so that a request whose answer was lost is simply sent again. Waits where the server asks for it.
/// </summary>
internal sealed class PublicApi(HttpClient client, DemoOptions options, TimeProvider time)
{
    /// <summary>Publishes events in order; returns when all are stored.</summary>
    /// <exception cref="RefusedException">One was refused for good.</exception>
    public async Task PublishAsync(IReadOnlyList<JsonObject> events, CancellationToken stopping)
    {
        foreach (JsonObject published in events)
        {
            published["key"] ??= Guid.NewGuid().ToString("N");
            published["ts"] ??= time.GetUtcNow().ToUnixTimeMilliseconds();
        }

        string body = JsonSerializer.Serialize(events);
        for (int attempt = 0; ; attempt++)
        {
            using HttpResponseMessage? answer = await SendAsync(
                "v1/events", () => new StringContent(body, new MediaTypeHeaderValue("application/json")), stopping);
            JsonObject? content = await ReadAsync(answer, stopping);
            if (answer is { StatusCode: HttpStatusCode.Accepted } && !AnyRetryable(content))
            {
                await HeedPressureAsync(content, stopping);
                return;
            }

            ThrowIfFinal(answer, content);
            await WaitAsync(attempt, answer, stopping);
        }
    }

    /// <summary>Appends terminal bytes that begin at <paramref name="offset"/>; returns when all are stored.</summary>
    /// <exception cref="RefusedException">They were refused for good.</exception>
    public async Task AppendTerminalAsync(
        string task, long offset, ReadOnlyMemory<byte> data, CancellationToken stopping)
    {
        string path = string.Create(CultureInfo.InvariantCulture, $"v1/tasks/{task}/terminal?offset={offset}");
        string afterLoss = string.Empty;
        for (int attempt = 0; ; attempt++)
        {
            using HttpResponseMessage? answer = await SendAsync(
                path + afterLoss,
                () => new ReadOnlyMemoryContent(data)
                {
                    Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") },
                },
                stopping);
            JsonObject? content = await ReadAsync(answer, stopping);
            if (answer is { IsSuccessStatusCode: true })
            {
                await HeedPressureAsync(content, stopping);
                return;
            }

            // The log lost bytes that this program no longer has: say so, and go on from here.
            if (Text(content, "code") == ErrorCodes.Hole && Text(content, "epoch") is { } epoch
                && afterLoss.Length == 0)
            {
                afterLoss = $"&after_loss={epoch}";
                continue;
            }

            ThrowIfFinal(answer, content);
            await WaitAsync(attempt, answer, stopping);
        }
    }

    /// <summary>Ends a terminal.</summary>
    public async Task EndTerminalAsync(string task, int exitCode, CancellationToken stopping)
    {
        for (int attempt = 0; ; attempt++)
        {
            using HttpResponseMessage? answer = await SendAsync(
                $"v1/tasks/{task}/terminal/end",
                () => JsonContent.Create(new JsonObject { ["exit_code"] = exitCode }),
                stopping);
            if (answer is { IsSuccessStatusCode: true })
            {
                return;
            }

            ThrowIfFinal(answer, await ReadAsync(answer, stopping));
            await WaitAsync(attempt, answer, stopping);
        }
    }

    // Null: no answer came, which is worth a retry like a 503.
    private async Task<HttpResponseMessage?> SendAsync(
        string path, Func<HttpContent> content, CancellationToken stopping)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content() };
        try
        {
            return await client.SendAsync(request, stopping);
        }
        catch (HttpRequestException)
        {
            return null;
        }
        catch (TaskCanceledException) when (!stopping.IsCancellationRequested)
        {
            return null;
        }
    }

    private static async Task<JsonObject?> ReadAsync(HttpResponseMessage? answer, CancellationToken stopping)
    {
        try
        {
            return answer is null ? null : await answer.Content.ReadFromJsonAsync<JsonObject>(stopping);
        }
        catch (Exception failure) when (failure is JsonException or HttpRequestException)
        {
            return null;
        }
    }

    private static bool AnyRetryable(JsonObject? content)
    {
        foreach (JsonNode? result in content?["results"]?.AsArray() ?? [])
        {
            if (result?["error"] is JsonObject error)
            {
                return error["retry"]?.GetValue<bool>() is true
                    ? true
                    : throw new RefusedException(202, Text(error, "code"), Text(error, "detail"));
            }
        }

        return false;
    }

    private static void ThrowIfFinal(HttpResponseMessage? answer, JsonObject? content)
    {
        int status = (int?)answer?.StatusCode ?? 503;
        bool retry = status is 408 or 429 or >= 500 or < 300
            || content?["retry"]?.GetValueKind() is JsonValueKind.True;
        if (!retry)
        {
            throw new RefusedException(status, Text(content, "code"), Text(content, "detail"));
        }
    }

    // `pause`: as long as the slowest viewer is far behind, a polite producer waits before it sends more.
    private Task HeedPressureAsync(JsonObject? content, CancellationToken stopping) =>
        Text(content?["pressure"] as JsonObject, "state") == "pause"
            ? Task.Delay(options.RetryDelayMax, time, stopping)
            : Task.CompletedTask;

    private Task WaitAsync(int attempt, HttpResponseMessage? answer, CancellationToken stopping)
    {
        double ceiling = Math.Min(
            options.RetryDelayMax.TotalMilliseconds, options.RetryDelay.TotalMilliseconds * Math.Pow(2, attempt));
        TimeSpan jittered = TimeSpan.FromMilliseconds(ceiling * (0.5 + Random.Shared.NextDouble() / 2));
        TimeSpan asked = answer?.Headers.RetryAfter?.Delta ?? TimeSpan.Zero;
        return Task.Delay(asked > jittered ? asked : jittered, time, stopping);
    }

    private static string? Text(JsonObject? content, string name) =>
        content?[name] is JsonValue value && value.TryGetValue(out string? text) ? text : null;
}
