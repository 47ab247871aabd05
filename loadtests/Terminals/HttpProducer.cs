using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Realtime.Loadtests.Targets;

namespace Realtime.Loadtests.Terminals;

/// <summary>Writes a terminal by <c>POST /v1/tasks/{task}/terminal</c>, one request after the other.</summary>
internal sealed class HttpProducer : ITerminalProducer
{
    private const int ReasonMax = 300;

    private static readonly MediaTypeHeaderValue Bytes = new("application/octet-stream");
    private static readonly TimeSpan AnswerMax = TimeSpan.FromSeconds(30);

    private readonly HttpClient _client;
    private readonly string _task;
    private readonly TerminalAppends _appends;

    /// <summary>Makes one; it connects with the first append.</summary>
    public HttpProducer(Target target, string task, TerminalAppends appends)
    {
        _task = task;
        _appends = appends;
        _client = TargetHttp.Create(target, target.Edge, target.PublisherToken, AnswerMax);
    }

    /// <inheritdoc/>
    public long Refused { get; private set; }

    /// <inheritdoc/>
    public long Pauses { get; private set; }

    /// <inheritdoc/>
    public string? Reason { get; private set; }

    /// <inheritdoc/>
    public async Task AppendAsync(long offset, ReadOnlyMemory<byte> data, long due, CancellationToken stopping)
    {
        using var content = new ReadOnlyMemoryContent(data);
        content.Headers.ContentType = Bytes;
        string path = string.Create(CultureInfo.InvariantCulture, $"/v1/tasks/{_task}/terminal?offset={offset}");
        try
        {
            using HttpResponseMessage answer = await _client.PostAsync(path, content, stopping);
            byte[] body = await answer.Content.ReadAsByteArrayAsync(stopping);
            if (!answer.IsSuccessStatusCode)
            {
                Refuse(
                    $"{(int)answer.StatusCode} "
                    + $"{Encoding.UTF8.GetString(body.AsSpan(0, Math.Min(body.Length, ReasonMax)))}");
                return;
            }

            Pauses += body.AsSpan().IndexOf("\"pause\""u8) >= 0 ? 1 : 0;
            _appends.Append.Ok(due, Stopwatch.GetTimestamp());
        }
        catch (HttpRequestException failure)
        {
            Refuse(failure.InnerException?.Message ?? failure.Message);
        }
        catch (TaskCanceledException) when (!stopping.IsCancellationRequested)
        {
            Refuse($"no answer within {AnswerMax.TotalSeconds} s");
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

    private void Refuse(string reason)
    {
        Refused++;
        _appends.Append.Fail(reason);
        Reason ??= reason;
    }
}
