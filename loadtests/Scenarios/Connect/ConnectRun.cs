using System.Collections.Concurrent;
using System.Diagnostics;
using Realtime.Loadtests.Audiences;
using Realtime.Loadtests.Load;
using Realtime.Loadtests.Results;
using Realtime.Loadtests.Steps;
using Realtime.Loadtests.Viewers;

namespace Realtime.Loadtests.Scenarios.Connect;

/// <summary>
/// One run of connections that are begun on schedule, each once: what is refused is counted, not tried again. They stay
/// until the end, or for a while.
/// </summary>
internal sealed class ConnectRun : IScenarioRun
{
    /// <summary>From when a connection was due to its subscription.</summary>
    public const string ConnectP99 = "connect_p99_ms";

    private const int ConcurrencyMax = 1_000;

    private static readonly TimeSpan AttemptMax = TimeSpan.FromSeconds(20);

    private readonly ScenarioContext _context;
    private readonly EventPlan _plan;
    private readonly TimeSpan? _stay;
    private readonly Step _connect = new("connect");
    private readonly OpeningSteps _opening = new();
    private readonly ConcurrentBag<(ViewerConnection Connection, Task<string?> Reading)> _open = [];
    private long _until;
    private int _begun;
    private int _disconnected;
    private string? _firstEnd;

    /// <summary>Makes one.</summary>
    /// <param name="context">What it has to work with; the load's profile says when.</param>
    /// <param name="stay">How long each stays; null: until the end.</param>
    public ConnectRun(ScenarioContext context, TimeSpan? stay = null)
    {
        _context = context;
        _stay = stay;
        _plan = new EventPlan(Random.Shared.Next(), context.Load.Agents);
    }

    /// <inheritdoc/>
    public IReadOnlyList<Step> Steps => [_connect, .. _opening.All];

    /// <inheritdoc/>
    public Task InitAsync(CancellationToken stopping) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task LoadAsync(LoadWindow window, CancellationToken stopping)
    {
        _until = window.Until;
        foreach (Step step in Steps)
        {
            step.Measure(window.From, window.Until);
        }

        return new SimulationRunner(OneAsync, ConcurrencyMax, _context.Time)
            .RunAsync(window.Start, _context.Load.Profile(), stopping);
    }

    /// <inheritdoc/>
    public async Task CleanAsync(CancellationToken stopping) => await DisposeAsync();

    /// <inheritdoc/>
    public IEnumerable<Figure> Live() => [new(FigureNames.Refused, _connect.Failed)];

    /// <inheritdoc/>
    public RunResult Result(Measured measured) => new()
    {
        Figures =
        [
            .. Steps.SelectMany(step => LatencyFigures.Percentiles(step)),
            new("connections", _connect.Done),
            new("connections_per_s", _connect.Latency.Count / measured.Window.Seconds),
            new(FigureNames.Refused, _connect.Failed, Aggregation.Worst),
            new(FigureNames.Disconnected, _disconnected, Aggregation.Worst),
            .. measured.Cpu.Figures(_connect.Latency.Count, "connects"),
        ],
        Histograms = Steps.ToDictionary(step => step.Action, step => step.Latency),
        Notes =
        [
            .. _connect.FirstFailure is { } reason ? [$"first refused: {reason}"] : Array.Empty<string>(),
            .. _firstEnd is { } end ? [$"first disconnected: {end}"] : Array.Empty<string>(),
        ],
    };

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        while (_open.TryTake(out (ViewerConnection Connection, Task<string?> Reading) open))
        {
            await CloseAsync(open.Connection, open.Reading);
        }
    }

    private async Task OneAsync(long due, CancellationToken stopping)
    {
        int number = Interlocked.Increment(ref _begun);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        patience.CancelAfter(AttemptMax);
        ViewerConnection connection;
        try
        {
            var opening = new ViewerOpening(_plan.PathOf(number), _context.Target.ViewerTokens.TokenOf(number))
            {
                Edge = _context.Target.EdgeOf(number),
                Steps = _opening,
            };
            connection = await ViewerConnection.OpenAsync(_context.Target, opening, patience.Token);
        }
        catch (ViewerException failure)
        {
            _connect.Fail(failure.Message);
            return;
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            _connect.Fail($"not subscribed after {AttemptMax.TotalSeconds} s");
            return;
        }

        _connect.Ok(due, Stopwatch.GetTimestamp());
        Task<string?> reading = connection.RunAsync(static _ => { });
        if (_stay is not { } stay)
        {
            _open.Add((connection, reading));
            return;
        }

        TimeSpan left = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), _until);
        TimeSpan rest = left < stay ? left : stay;
        await Task.WhenAny(
            reading, Task.Delay(rest > TimeSpan.Zero ? rest : TimeSpan.Zero, _context.Time, stopping));
        await CloseAsync(connection, reading);
    }

    private async Task CloseAsync(ViewerConnection connection, Task<string?> reading)
    {
        connection.Stop();
        if (await reading is { } end)
        {
            Interlocked.Increment(ref _disconnected);
            Interlocked.CompareExchange(ref _firstEnd, end, null);
        }

        await connection.DisposeAsync();
    }
}
