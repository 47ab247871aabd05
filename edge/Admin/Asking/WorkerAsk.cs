using System.Collections.Immutable;
using System.Text.Json;
using Realtime.Edge.Forwarding;
using Realtime.Hosting.Identity;

namespace Realtime.Edge.Admin.Asking;

/// <summary>
/// Asks workers what operators ask of them, at endpoints that no client reaches, with the edge's signed word. Each
/// answer is bounded in time and size.
/// </summary>
internal sealed class WorkerAsk(
    WorkerTable workers, WorkerConnect connect, WorkerStamps stamps, AdminOptions options, TimeProvider clock)
    : IDisposable
{
    /// <summary>A thousand connections are half a megabyte.</summary>
    private const int AnswerBytesMax = 8 * 1024 * 1024;

    private readonly HttpClient _client = new(connect.NewHandler())
    {
        MaxResponseContentBufferSize = AnswerBytesMax,
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>Asks all of them at once.</summary>
    public async Task<ImmutableArray<WorkerWord>> AskAllAsync(
        HttpMethod method, string target, CancellationToken cancellationToken) =>
        [.. await Task.WhenAll(workers.All.Select(worker => AskAsync(worker, method, target, cancellationToken)))];

    /// <summary>Asks one.</summary>
    /// <param name="worker">Whom.</param>
    /// <param name="method">The method.</param>
    /// <param name="target">Path and query, escaped.</param>
    /// <param name="cancellationToken">That of the caller; the worker's time is limited besides.</param>
    public Task<WorkerWord> AskAsync(
        Worker worker, HttpMethod method, string target, CancellationToken cancellationToken) =>
        AskAsync(worker, method, target, options.WorkerTimeout, cancellationToken);

    /// <summary>Asks one, which may take less time than others.</summary>
    public async Task<WorkerWord> AskAsync(
        Worker worker, HttpMethod method, string target, TimeSpan patience, CancellationToken cancellationToken)
    {
        patience = patience < options.WorkerTimeout ? patience : options.WorkerTimeout;
        using var timeout = new CancellationTokenSource(patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        using var request = new HttpRequestMessage(method, new Uri(new Uri(worker.Address), target));
        try
        {
            string signed = stamps.SignOperator(worker, method.Method, request.RequestUri!.PathAndQuery);
            request.Headers.TryAddWithoutValidation(OperatorStamp.Header, signed);
            using HttpResponseMessage answer = await _client.SendAsync(request, either.Token);
            byte[] body = await answer.Content.ReadAsByteArrayAsync(either.Token);
            return Word(worker, (int)answer.StatusCode, Read(body));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return None(
                worker, StatusCodes.Status504GatewayTimeout,
                $"It did not answer within {patience.TotalMilliseconds:0} ms.");
        }
        catch (HttpRequestException error)
        {
            bool isLate = error.InnerException is TimeoutException;
            return None(
                worker, isLate ? StatusCodes.Status504GatewayTimeout : StatusCodes.Status502BadGateway, error.Message);
        }
    }

    public void Dispose() => _client.Dispose();

    private static WorkerWord Word(Worker worker, int status, JsonElement body)
    {
        if (status is >= 200 and < 300)
        {
            return body.ValueKind == JsonValueKind.Object
                ? new(worker, status, body, Error: null)
                : None(worker, StatusCodes.Status502BadGateway, "Its answer is no JSON object.");
        }

        string detail = body.ValueKind == JsonValueKind.Object
            && body.TryGetProperty("detail", out JsonElement told) && told.ValueKind == JsonValueKind.String
                ? told.GetString()!
                : "It says no more.";
        return new(worker, status, body, $"It answered {status}: {detail}");
    }

    private static WorkerWord None(Worker worker, int status, string error) => new(worker, status, default, error);

    private static JsonElement Read(byte[] body)
    {
        try
        {
            return JsonElement.Parse(body);
        }
        catch (JsonException)
        {
            return default;
        }
    }
}
