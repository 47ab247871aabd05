using System.Diagnostics;
using System.Globalization;
using Realtime.Loadtests.Audiences;
using Realtime.Loadtests.Load;
using Realtime.Loadtests.Measuring;
using Realtime.Loadtests.Publishing;
using Realtime.Loadtests.Results;
using Realtime.Loadtests.Steps;
using Realtime.Loadtests.Targets;

namespace Realtime.Loadtests.Scenarios.ReconnectStorm;

/// <summary>One run of <see cref="ReconnectStormScenario"/>.</summary>
internal sealed class ReconnectStormRun : IScenarioRun
{
    /// <summary>From the kill until a viewer of the killed worker has its subscription again.</summary>
    public const string ReconnectP95 = "reconnect_p95_ms";

    private const int ConcurrencyMax = 64;
    private const double KilledAt = 1.0 / 3;

    private static readonly TimeSpan LateMax = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(50);

    private readonly ScenarioContext _context;
    private readonly ProcessSystem _system;
    private readonly LoadOptions _load;
    private readonly EventPlan _plan;
    private readonly PublishLoad _publishing;
    private readonly Step _deliver = new("deliver");
    private readonly Step _reconnect = Step.Measured("reconnect");
    private readonly ResumingViewer[] _viewers;
    private readonly CancellationTokenSource _over = new();
    private Task _watching = Task.CompletedTask;
    private long _published;
    private int _stillAway;

    /// <summary>Makes one.</summary>
    public ReconnectStormRun(ScenarioContext context, ProcessSystem system)
    {
        _context = context;
        _system = system;
        _load = context.Load;
        _plan = new EventPlan(Random.Shared.Next(), _load.Agents, Math.Max(1, _load.AgentsEach));
        _publishing = new PublishLoad(
            context.Target, _plan,
            new PublishLoadOptions
            {
                Connections = _load.Publishers,
                PayloadBytes = _load.PayloadBytes,
                Repeats = true,
            },
            context.Time);
        _viewers =
        [
            .. Enumerable.Range(0, _load.Clients)
                .Select(n => new ResumingViewer(context.Target, _plan, n, _deliver, context.Time)),
        ];
    }

    /// <inheritdoc/>
    public IReadOnlyList<Step> Steps => [_publishing.Publish, _publishing.Repeat, _deliver, _reconnect];

    /// <inheritdoc/>
    public async Task InitAsync(CancellationToken stopping)
    {
        _context.Progress.Tell(string.Create(
            CultureInfo.InvariantCulture, $"connecting {_load.Clients:N0} viewers, {_load.ConnectRate:N0} a second"));
        await Ramp.RunAsync(
            _load.Clients, _load.ConnectRate, ConcurrencyMax,
            async (n, _, cancelled) =>
            {
                await _viewers[n].OpenAsync(cancelled);
                return n;
            },
            _context.Time, stopping);
        _watching = Task.WhenAll(_viewers.Select(viewer => viewer.RunAsync(_over.Token)));
    }

    /// <inheritdoc/>
    public async Task LoadAsync(LoadWindow window, CancellationToken stopping)
    {
        var schedule = new OpenLoopSchedule(window.Start, _load.Profile());
        _published = schedule.Count;
        _deliver.Measure(window.From, window.Until);
        _publishing.Publish.Measure(window.From, window.Until);
        Task publishing = _publishing.RunAsync(schedule, window.From, stopping);
        long killAt = window.From + (long)((window.Until - window.From) * KilledAt);
        await (window with { Until = killAt }).WaitForEndAsync(_context.Time, stopping);
        _context.Progress.Tell($"killing {_system.Workers[0].Name}");
        long killed = Stopwatch.GetTimestamp();
        await _system.Workers[0].KillAsync();
        await publishing;

        long expected = Enumerable.Range(0, _load.Clients).Sum(viewer => _plan.ExpectedOf(viewer, _published));
        long answered = Stopwatch.GetTimestamp();
        while (_deliver.Done < expected && Stopwatch.GetElapsedTime(answered) < LateMax)
        {
            await Task.Delay(LookEvery, _context.Time, stopping);
        }

        await _over.CancelAsync();
        await _watching;
        foreach ((long _, long back) in _viewers.SelectMany(viewer => viewer.Returns.Take(1)))
        {
            _reconnect.Ok(killed, back);
        }

        _stillAway = _viewers.Count(viewer => viewer.Failures > 0 && viewer.Returns.Count == 0);
    }

    /// <inheritdoc/>
    public Task CleanAsync(CancellationToken stopping) => Task.CompletedTask;

    /// <inheritdoc/>
    public RunResult Result(Measured measured)
    {
        EventViewer[] seen = [.. _viewers.Select(viewer => viewer.Seen)];
        return new RunResult
        {
            Figures =
            [
                .. LatencyFigures.Percentiles(_reconnect),
                new("reconnected", _reconnect.Done),
                new("reconnects_in_all", _viewers.Sum(viewer => viewer.Returns.Count)),
                new("still_away", _stillAway, Aggregation.Worst),
                new("not_recovered", _viewers.Sum(viewer => viewer.NotRecovered), Aggregation.Worst),
                new("gaps", _viewers.Sum(viewer => viewer.Gaps), Aggregation.Worst),
                .. LatencyFigures.Of(_deliver.Latency),
                new("deliveries", _deliver.Latency.Count),
                new(FigureNames.Missing, seen.Sum(viewer => viewer.MissingOf(_published)), Aggregation.Worst),
                new(FigureNames.Duplicates, seen.Sum(viewer => viewer.Duplicates), Aggregation.Worst),
                new(FigureNames.OutOfOrder, seen.Sum(viewer => viewer.OutOfOrder), Aggregation.Worst),
                new(FigureNames.Misrouted, seen.Sum(viewer => viewer.Misrouted), Aggregation.Worst),
                new(FigureNames.Refused, _publishing.Publish.Failed, Aggregation.Worst),
                new("publishes_repeated", _publishing.Repeat.Done),
                .. measured.Cpu.Seconds().Select(cpu => new Figure($"cpu_{cpu.Process}_s", cpu.Seconds)),
            ],
            Histograms = new Dictionary<string, Histogram>
            {
                ["latency"] = _deliver.Latency,
                ["reconnect"] = _reconnect.Latency,
            },
            Notes =
            [
                .. _publishing.Publish.FirstFailure is { } refused
                    ? [$"first refused: {refused}"]
                    : Array.Empty<string>(),
                .. _stillAway > 0
                    ? [$"did not come back: {_viewers.First(viewer => viewer.Returns.Count == 0).LastFailure}"]
                    : Array.Empty<string>(),
            ],
        };
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _over.Dispose();
    }
}
