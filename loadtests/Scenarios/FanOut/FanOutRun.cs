using System.Diagnostics;
using System.Globalization;
using Realtime.Loadtests.Audiences;
using Realtime.Loadtests.Load;
using Realtime.Loadtests.Measuring;
using Realtime.Loadtests.Publishing;
using Realtime.Loadtests.Results;
using Realtime.Loadtests.Steps;

namespace Realtime.Loadtests.Scenarios.FanOut;

/// <summary>One run of events that are published on schedule and watched: the base of many scenarios.</summary>
internal sealed class FanOutRun : IScenarioRun
{
    private static readonly TimeSpan LateMax = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(50);

    private readonly ScenarioContext _context;
    private readonly LoadOptions _load;
    private readonly EventAudience _audience;
    private readonly PublishLoad _publishing;
    private AudienceOutcome _outcome = AudienceOutcome.None;
    private TimeSpan _connectTime;

    /// <summary>Makes one.</summary>
    public FanOutRun(ScenarioContext context)
    {
        _context = context;
        _load = context.Load;
        Plan = new EventPlan(Random.Shared.Next(), _load.Agents, Math.Max(1, _load.AgentsEach));
        _audience = new EventAudience(
            context.Target, new AudiencePart(Plan, 0, _load.Clients, _load.ConnectRate), _load.ClientProcesses,
            context.Time);
        var options = new PublishLoadOptions
        {
            Producer = _load.Producer,
            Connections = _load.Publishers,
            PayloadBytes = _load.PayloadBytes,
        };
        _publishing = new PublishLoad(context.Target, Plan, options, context.Time);
    }

    /// <inheritdoc/>
    public IReadOnlyList<Step> Steps => [_audience.Steps.Connect, _publishing.Publish, _audience.Steps.Deliver];

    /// <summary>Who watches what.</summary>
    public EventPlan Plan { get; }

    /// <summary>Events that the schedule holds.</summary>
    public long Published { get; private set; }

    private Step Deliver => _audience.Steps.Deliver;

    private Step Publish => _publishing.Publish;

    /// <inheritdoc/>
    public async Task InitAsync(CancellationToken stopping)
    {
        _context.Progress.Tell(string.Create(
            CultureInfo.InvariantCulture,
            $"connecting {_load.Clients:N0} viewers, {_load.ConnectRate:N0} a second"));
        long started = Stopwatch.GetTimestamp();
        await _audience.OpenAsync(stopping);
        _connectTime = Stopwatch.GetElapsedTime(started);
    }

    /// <inheritdoc/>
    public async Task LoadAsync(LoadWindow window, CancellationToken stopping)
    {
        var schedule = new OpenLoopSchedule(window.Start, _load.Profile());
        Published = schedule.Count;
        Publish.Measure(window.From, window.Until);
        await _audience.MeasureAsync(window.From, window.Until);
        await _publishing.RunAsync(schedule, window.From, stopping);

        // Until every viewer has what was published, or for long enough that the rest is lost.
        long expected = Enumerable.Range(0, _load.Clients)
            .Sum(viewer => Plan.ExpectedOf(viewer, Published));
        long answered = Stopwatch.GetTimestamp();
        while (Deliver.Done < expected && Stopwatch.GetElapsedTime(answered) < LateMax)
        {
            await Task.Delay(LookEvery, _context.Time, stopping);
        }
    }

    /// <inheritdoc/>
    public async Task CleanAsync(CancellationToken stopping) => _outcome = await _audience.CloseAsync(Published);

    /// <inheritdoc/>
    public IEnumerable<Figure> Live() => [new(FigureNames.Refused, Publish.Failed)];

    /// <inheritdoc/>
    public RunResult Result(Measured measured)
    {
        Histogram latency = Deliver.Latency;
        return new RunResult
        {
            Figures =
            [
                .. LatencyFigures.Of(latency),
                new("deliveries", latency.Count),
                new(FigureNames.DeliveredPerSecond, latency.Count / measured.Window.Seconds),
                new(FigureNames.Missing, _outcome.Missing, Aggregation.Worst),
                new(FigureNames.Duplicates, _outcome.Duplicates, Aggregation.Worst),
                new(FigureNames.OutOfOrder, _outcome.OutOfOrder, Aggregation.Worst),
                new(FigureNames.Misrouted, _outcome.Misrouted, Aggregation.Worst),
                new(FigureNames.Disconnected, _outcome.Disconnected, Aggregation.Worst),
                new(FigureNames.Refused, Publish.Failed, Aggregation.Worst),
                new(FigureNames.StoredPerSecond, Publish.Latency.Count / measured.Window.Seconds),
                new(FigureNames.AckP50, LatencyFigures.Milliseconds(Publish.Latency.Percentile(50))),
                new(FigureNames.AckP99, LatencyFigures.Milliseconds(Publish.Latency.Percentile(99))),
                new("client_lateness_p50_ms", LatencyFigures.Milliseconds(_publishing.Lateness.Percentile(50))),
                new("client_lateness_p99_ms", LatencyFigures.Milliseconds(_publishing.Lateness.Percentile(99))),
                .. measured.Cpu.Figures(latency.Count, "deliveries"),
                .. measured.Cpu.Seconds().Select(cpu => new Figure(
                    $"cpu_{cpu.Process}_s_per_million_events", cpu.Seconds * 1e6 / Math.Max(1, Publish.Latency.Count))),
                new(
                    "client_allocated_bytes_per_delivery",
                    (double)measured.AllocatedBytes / Math.Max(1, latency.Count)),
                new("connect_all_s", _connectTime.TotalSeconds),
                new("connect_retries", _outcome.Retries),
            ],
            Histograms = new Dictionary<string, Histogram>
            {
                ["latency"] = latency,
                ["publish_ack"] = Publish.Latency,
                ["client_lateness"] = _publishing.Lateness,
            },
            Notes =
            [
                .. Publish.FirstFailure is { } reason ? [$"first refused: {reason}"] : Array.Empty<string>(),
                .. _outcome.FirstEnd is { } end ? [$"first disconnected: {end}"] : Array.Empty<string>(),
            ],
        };
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _audience.DisposeAsync();
}
