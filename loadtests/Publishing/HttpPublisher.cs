using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Realtime.Loadtests.Steps;
using Realtime.Loadtests.Targets;

namespace Realtime.Loadtests.Publishing;

/// <summary>Publishes by <c>POST /v1/events</c> on one keep-alive connection, one batch after the other.</summary>
internal sealed class HttpPublisher : IEventPublisher
{
    private const int ReasonMax = 300;

    private static readonly TimeSpan AnswerMax = TimeSpan.FromSeconds(30);
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly HttpClient _client;
    private readonly Step _publish;

    /// <summary>Makes one; it connects with the first batch.</summary>
    public HttpPublisher(Target target, Uri edge, Step publish)
    {
        _publish = publish;
        _client = TargetHttp.Create(target, edge, target.PublisherToken, AnswerMax);
    }

    /// <inheritdoc/>
    public async Task PublishAsync(EventBatch batch, IReadOnlyList<long> due, CancellationToken stopping)
    {
        using var content = new ReadOnlyMemoryContent(batch.Complete());
        content.Headers.ContentType = Json;
        try
        {
            using HttpResponseMessage answer = await _client.PostAsync("/v1/events", content, stopping);
            byte[] body = await answer.Content.ReadAsByteArrayAsync(stopping);
            int refused = answer.StatusCode == HttpStatusCode.Accepted
                ? body.AsSpan().Count("\"error\":"u8)
                : due.Count;
            Count(due, refused, refused == 0 ? string.Empty : $"{(int)answer.StatusCode} {Show(body)}");
        }
        catch (HttpRequestException failure)
        {
            _publish.Fail(failure.InnerException?.Message ?? failure.Message, due.Count);
        }
        catch (TaskCanceledException) when (!stopping.IsCancellationRequested)
        {
            _publish.Fail($"no answer within {AnswerMax.TotalSeconds} s", due.Count);
        }
    }

    /// <inheritdoc/>
    public Task CompleteAsync(CancellationToken stopping) => Task.CompletedTask;

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    private void Count(IReadOnlyList<long> due, int refused, string reason)
    {
        long now = Stopwatch.GetTimestamp();
        for (int i = 0; i < due.Count - refused; i++)
        {
            _publish.Ok(due[i], now);
        }

        if (refused > 0)
        {
            _publish.Fail(reason, refused);
        }
    }

    private static string Show(byte[] body) =>
        Encoding.UTF8.GetString(body.AsSpan(0, Math.Min(body.Length, ReasonMax)));
}
