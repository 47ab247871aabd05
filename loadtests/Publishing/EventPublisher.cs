using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Realtime.Loadtests.Targets;

namespace Realtime.Loadtests.Publishing;

/// <summary>One keep-alive connection that posts batches one after the other.</summary>
internal sealed class EventPublisher : IDisposable
{
    private const int ReasonMax = 300;

    private static readonly TimeSpan AnswerMax = TimeSpan.FromSeconds(30);
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly HttpClient _client;

    /// <summary>Makes one; it connects with the first batch.</summary>
    public EventPublisher(Target target)
    {
        var handler = new SocketsHttpHandler
        {
            SslOptions = target.CreateTlsOptions(),
            MaxConnectionsPerServer = 1,
            UseProxy = false,
            UseCookies = false,
        };
        _client = new HttpClient(handler) { BaseAddress = target.Edge, Timeout = AnswerMax };
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", target.PublisherToken);
    }

    /// <summary>Posts one batch. It is not sent again: a retry would hide what is to be measured.</summary>
    public async Task<PublishOutcome> PostAsync(EventBatch batch, CancellationToken stopping)
    {
        int count = batch.Count;
        using var content = new ReadOnlyMemoryContent(batch.Complete());
        content.Headers.ContentType = Json;
        try
        {
            using HttpResponseMessage answer = await _client.PostAsync("/v1/events", content, stopping);
            byte[] body = await answer.Content.ReadAsByteArrayAsync(stopping);
            if (answer.StatusCode != HttpStatusCode.Accepted)
            {
                return new PublishOutcome(0, count, $"{(int)answer.StatusCode} {Show(body)}");
            }

            int refused = body.AsSpan().Count("\"error\":"u8);
            return new PublishOutcome(count - refused, refused, refused == 0 ? null : Show(body));
        }
        catch (HttpRequestException failure)
        {
            return new PublishOutcome(0, count, failure.InnerException?.Message ?? failure.Message);
        }
        catch (TaskCanceledException) when (!stopping.IsCancellationRequested)
        {
            return new PublishOutcome(0, count, $"no answer within {AnswerMax.TotalSeconds} s");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private static string Show(byte[] body) =>
        Encoding.UTF8.GetString(body.AsSpan(0, Math.Min(body.Length, ReasonMax)));
}
