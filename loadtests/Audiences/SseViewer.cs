using System.Net;
using System.Text;
using Realtime.Loadtests.Steps;
using Realtime.Loadtests.Targets;
using Realtime.Loadtests.Viewers;

namespace Realtime.Loadtests.Audiences;

/// <summary>A viewer by server-sent events.</summary>
internal sealed class SseViewer : IAsyncDisposable
{
    private static readonly TimeSpan OpenMax = TimeSpan.FromSeconds(20);

    private readonly HttpClient _client;
    private readonly string _path;
    private readonly CancellationTokenSource _over = new();
    private Task<string?> _reading = Task.FromResult<string?>(null);
    private StreamReader? _input;

    /// <summary>Makes viewer number <paramref name="number"/> of a plan.</summary>
    public SseViewer(Target target, EventPlan plan, int number, Step deliver)
    {
        Seen = new EventViewer(plan, number, deliver);
        _path = plan.PathOf(number).Replace("/ws/", "/sse/", StringComparison.Ordinal);
        _client = TargetHttp.Create(
            target, target.EdgeOf(number), target.ViewerTokens.TokenOf(number), Timeout.InfiniteTimeSpan);
    }

    /// <summary>What it saw.</summary>
    public EventViewer Seen { get; }

    /// <summary>What ended it, once it is closed; null if nobody did.</summary>
    public string? End { get; private set; }

    /// <summary>Connects, and returns once it has its subscription.</summary>
    /// <exception cref="ViewerException">Refused, or cut off.</exception>
    public async Task OpenAsync(CancellationToken stopping)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        patience.CancelAfter(OpenMax);
        try
        {
            HttpResponseMessage answer = await _client.GetAsync(
                _path, HttpCompletionOption.ResponseHeadersRead, patience.Token);
            if (answer.StatusCode != HttpStatusCode.OK)
            {
                throw new ViewerException(
                    $"The edge refused a viewer of {_path}: {(int)answer.StatusCode} {answer.ReasonPhrase}", false);
            }

            _input = new StreamReader(await answer.Content.ReadAsStreamAsync(patience.Token), Encoding.UTF8);
            while (await _input.ReadLineAsync(patience.Token) is { } line)
            {
                if (line.Contains("\"op\":\"subscribed\"", StringComparison.Ordinal))
                {
                    _reading = ReadAsync(_input);
                    return;
                }
            }
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException
            || (failure is OperationCanceledException && !stopping.IsCancellationRequested))
        {
            throw new ViewerException($"{_path} can't be watched: {failure.Message}", false, failure);
        }

        throw new ViewerException($"{_path} ended before the subscription was made.", false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_over.IsCancellationRequested)
        {
            return;
        }

        await _over.CancelAsync();
        End = await _reading;
        _input?.Dispose();
        _client.Dispose();
        _over.Dispose();
    }

    private async Task<string?> ReadAsync(StreamReader input)
    {
        try
        {
            while (await input.ReadLineAsync(_over.Token) is { } line)
            {
                if (line.StartsWith("data:", StringComparison.Ordinal))
                {
                    Seen.OnMessage(Encoding.UTF8.GetBytes(line));
                }
            }

            return "ended";
        }
        catch (OperationCanceledException) when (_over.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception failure) when (failure is IOException or HttpRequestException)
        {
            return failure.Message;
        }
    }
}
