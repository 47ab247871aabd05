using System.Diagnostics;
using Realtime.Loadtests.Audiences;
using Realtime.Loadtests.Load;
using Realtime.Loadtests.Measuring;
using Realtime.Loadtests.Publishing;
using Realtime.Loadtests.Results;
using Realtime.Loadtests.Steps;

namespace Realtime.Loadtests.Scenarios.Mixed;

/// <summary>Events published on schedule and watched as server-sent events.</summary>
internal sealed class SseRun : IScenarioRun
{
    private static readonly TimeSpan LateMax = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(50);

    private readonly ScenarioContext _context;
    private readonly EventPlan _plan;
    private readonly PublishLoad _publishing;
    private readonly Step _deliver = new("deliver");
    private readonly SseViewer[] _viewers;
    private long _published;

    /// <summary>Makes one.</summary>
    public SseRun(ScenarioContext context)
    {
        LoadOptions load = context.Load;
        _context = context;
        _plan = new EventPlan(Random.Shared.Next(), load.Agents);
        _publishing = new PublishLoad(
            context.Target, _plan,
            new PublishLoadOptions { Connections = 1, PayloadBytes = load.PayloadBytes }, context.Time);
        _viewers =
        [
            .. Enumerable.Range(0, load.Clients).Select(n => new SseViewer(context.Target, _plan, n, _deliver)),
        ];
    }

    /// <inheritdoc/>
    public IReadOnlyList<Step> Steps => [_publishing.Publish, _deliver];

    /// <inheritdoc/>
    public async Task InitAsync(CancellationToken stopping)
    {
        foreach (SseViewer viewer in _viewers)
        {
            await viewer.OpenAsync(stopping);
        }
    }

    /// <inheritdoc/>
    public async Task LoadAsync(LoadWindow window, CancellationToken stopping)
    {
        var schedule = new OpenLoopSchedule(window.Start, _context.Load.Profile());
        _published = schedule.Count;
        foreach (Step step in Steps)
        {
            step.Measure(window.From, window.Until);
        }

        await _publishing.RunAsync(schedule, window.From, stopping);
        long expected = Enumerable.Range(0, _viewers.Length).Sum(viewer => _plan.ExpectedOf(viewer, _published));
        long answered = Stopwatch.GetTimestamp();
        while (_deliver.Done < expected && Stopwatch.GetElapsedTime(answered) < LateMax)
        {
            await Task.Delay(LookEvery, _context.Time, stopping);
        }
    }

    /// <inheritdoc/>
    public async Task CleanAsync(CancellationToken stopping) => await DisposeAsync();

    /// <inheritdoc/>
    public IEnumerable<Figure> Live() => [new(FigureNames.Refused, _publishing.Publish.Failed)];

    /// <inheritdoc/>
    public RunResult Result(Measured measured) => new()
    {
        Figures =
        [
            .. LatencyFigures.Of(_deliver.Latency),
            new("deliveries", _deliver.Latency.Count),
            new(FigureNames.Missing, _viewers.Sum(one => one.Seen.MissingOf(_published)), Aggregation.Worst),
            new(FigureNames.Duplicates, _viewers.Sum(one => one.Seen.Duplicates), Aggregation.Worst),
            new(FigureNames.OutOfOrder, _viewers.Sum(one => one.Seen.OutOfOrder), Aggregation.Worst),
            new(FigureNames.Misrouted, _viewers.Sum(one => one.Seen.Misrouted), Aggregation.Worst),
            new(FigureNames.Disconnected, _viewers.Count(one => one.End is not null), Aggregation.Worst),
            new(FigureNames.Refused, _publishing.Publish.Failed, Aggregation.Worst),
        ],
        Histograms = new Dictionary<string, Histogram> { ["latency"] = _deliver.Latency },
        Notes =
        [
            .. _viewers.Select(one => one.End).OfType<string>().Take(1).Select(end => $"first disconnected: {end}"),
            .. _publishing.Publish.FirstFailure is { } reason ? [$"first refused: {reason}"] : Array.Empty<string>(),
        ],
    };

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (SseViewer viewer in _viewers)
        {
            await viewer.DisposeAsync();
        }
    }
}
