using System.Diagnostics;
using System.Net;
using Realtime.Loadtests.Load;
using Realtime.Loadtests.Results;
using Realtime.Loadtests.Steps;
using Realtime.Loadtests.Targets;

namespace Realtime.Loadtests.Scenarios.Mixed;

/// <summary>Requests for history on schedule, as pages and scripts make them when they begin.</summary>
internal sealed class HistoryRun(ScenarioContext context) : IScenarioRun
{
    private const int Connections = 8;
    private const int ConcurrencyMax = 200;

    private static readonly TimeSpan AnswerMax = TimeSpan.FromSeconds(20);

    private readonly Step _history = new("history");
    private readonly HttpClient[] _clients =
    [
        .. Enumerable.Range(0, Connections).Select(n => TargetHttp.Create(
            context.Target, context.Target.EdgeOf(n), context.Target.ViewerTokens.TokenOf(n), AnswerMax)),
    ];

    private int _begun;

    /// <inheritdoc/>
    public IReadOnlyList<Step> Steps => [_history];

    /// <inheritdoc/>
    public Task InitAsync(CancellationToken stopping) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task LoadAsync(LoadWindow window, CancellationToken stopping)
    {
        _history.Measure(window.From, window.Until);
        return new SimulationRunner(OneAsync, ConcurrencyMax, context.Time)
            .RunAsync(window.Start, context.Load.Profile(), stopping);
    }

    /// <inheritdoc/>
    public Task CleanAsync(CancellationToken stopping) => Task.CompletedTask;

    /// <inheritdoc/>
    public RunResult Result(Measured measured) => new()
    {
        Figures =
        [
            .. LatencyFigures.Percentiles(_history),
            new("requests", _history.Done),
            new(FigureNames.Refused, _history.Failed, Aggregation.Worst),
        ],
        Histograms = new Dictionary<string, Measuring.Histogram> { ["history"] = _history.Latency },
        Notes = [.. _history.FirstFailure is { } reason ? [$"first refused: {reason}"] : Array.Empty<string>()],
    };

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        foreach (HttpClient client in _clients)
        {
            client.Dispose();
        }

        return ValueTask.CompletedTask;
    }

    private async Task OneAsync(long due, CancellationToken stopping)
    {
        HttpClient client = _clients[(uint)Interlocked.Increment(ref _begun) % Connections];
        try
        {
            using HttpResponseMessage answer =
                await client.GetAsync("/v1/events?agents=load-*&last=50", stopping);
            await answer.Content.ReadAsByteArrayAsync(stopping);
            if (answer.StatusCode == HttpStatusCode.OK)
            {
                _history.Ok(due, Stopwatch.GetTimestamp());
            }
            else
            {
                _history.Fail($"{(int)answer.StatusCode} {answer.ReasonPhrase}");
            }
        }
        catch (HttpRequestException failure)
        {
            _history.Fail(failure.InnerException?.Message ?? failure.Message);
        }
        catch (TaskCanceledException) when (!stopping.IsCancellationRequested)
        {
            _history.Fail($"no answer within {AnswerMax.TotalSeconds} s");
        }
    }
}
