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
    private static readonly TimeSpan RepeatMax = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan RepeatDelay = TimeSpan.FromMilliseconds(100);
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly HttpClient _client;
    private readonly Step _publish;
    private readonly Step? _repeat;
    private readonly TimeProvider _time;

    /// <summary>Makes one; it connects with the first batch.</summary>
    /// <param name="target">The system.</param>
    /// <param name="edge">Where.</param>
    /// <param name="publish">Counts events.</param>
    /// <param name="repeat">Counts requests that are sent again; null: none is.</param>
    /// <param name="time">The clock.</param>
    public HttpPublisher(Target target, Uri edge, Step publish, Step? repeat, TimeProvider time)
    {
        _publish = publish;
        _repeat = repeat;
        _time = time;
        _client = TargetHttp.Create(target, edge, target.PublisherToken, AnswerMax);
    }

    /// <inheritdoc/>
    public async Task PublishAsync(EventBatch batch, IReadOnlyList<long> due, CancellationToken stopping)
    {
        ReadOnlyMemory<byte> body = batch.Complete();
        long begun = Stopwatch.GetTimestamp();
        (int refused, string reason) = await PostAsync(body, due.Count, stopping);
        while (refused > 0 && _repeat is not null && Stopwatch.GetElapsedTime(begun) < RepeatMax)
        {
            // The whole batch: by their keys, those that were stored are not stored again.
            await Task.Delay(RepeatDelay, _time, stopping);
            _repeat.Ok(begun, Stopwatch.GetTimestamp());
            (refused, reason) = await PostAsync(body, due.Count, stopping);
        }

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

    /// <inheritdoc/>
    public Task CompleteAsync(CancellationToken stopping) => Task.CompletedTask;

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    // How many were refused, and why.
    private async Task<(int Refused, string Reason)> PostAsync(
        ReadOnlyMemory<byte> events, int count, CancellationToken stopping)
    {
        using var content = new ReadOnlyMemoryContent(events);
        content.Headers.ContentType = Json;
        try
        {
            using HttpResponseMessage answer = await _client.PostAsync("/v1/events", content, stopping);
            byte[] body = await answer.Content.ReadAsByteArrayAsync(stopping);
            int refused = answer.StatusCode == HttpStatusCode.Accepted
                ? body.AsSpan().Count("\"error\":"u8)
                : count;
            return (refused, refused == 0 ? string.Empty : $"{(int)answer.StatusCode} {Show(body)}");
        }
        catch (HttpRequestException failure)
        {
            return (count, failure.InnerException?.Message ?? failure.Message);
        }
        catch (TaskCanceledException) when (!stopping.IsCancellationRequested)
        {
            return (count, $"no answer within {AnswerMax.TotalSeconds} s");
        }
    }

    private static string Show(byte[] body) =>
        Encoding.UTF8.GetString(body.AsSpan(0, Math.Min(body.Length, ReasonMax)));
}
