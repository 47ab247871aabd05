using System.Diagnostics;
using System.Globalization;
using Realtime.Loadtests.Audiences;
using Realtime.Loadtests.Load;
using Realtime.Loadtests.Measuring;
using Realtime.Loadtests.Results;
using Realtime.Loadtests.Scenarios.FanOut;
using Realtime.Loadtests.Steps;

namespace Realtime.Loadtests.Scenarios.SlowAmongFast;

/// <summary>
/// One run of <see cref="SlowAmongFastScenario"/>: one of the fan-out alone, then one with the slow ones beside it.
/// </summary>
internal sealed class SlowAmongFastRun : IScenarioRun
{
    // Each takes half of what comes for it, whatever the rate is.
    private const double Share = 0.5;
    private const double Mib = 1024 * 1024;

    // The worker's meter that tells of viewers that were behind, and its counter.
    private const string Meter = "Realtime.Delivery";
    private const string FallsBehind = "realtime_delivery_behind_total";

    private static readonly TimeSpan CatchUpMax = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(50);

    private readonly ScenarioContext _context;
    private readonly MemoryMeter _memory;
    private readonly FanOutRun _fast;
    private readonly Step _deliver = new("deliver_slow");
    private readonly SlowViewer[] _slow;
    private RunResult? _alone;
    private CounterMeter? _counting;
    private MemoryReading _before;
    private MemoryReading _during;
    private double _fallsBehind;
    private long _behind;

    /// <summary>Makes one.</summary>
    public SlowAmongFastRun(ScenarioContext context)
    {
        context.Target.RequireProcesses("slow-among-fast", Processes);
        _context = context;
        _memory = new MemoryMeter(
            context.Target.Processes, context.Target.Client, context.Progress, context.Time);
        _fast = new FanOutRun(context);
        var pause = TimeSpan.FromSeconds(1 / (context.Load.Rate * Share));
        _slow =
        [
            .. Enumerable.Range(0, context.Load.SlowClients)
                .Select(_ => new SlowViewer(_fast.Plan, _deliver, pause, context.Time)),
        ];
    }

    /// <summary>Those whose memory has a bound; Redis holds the log, which grows by what is published.</summary>
    public static IReadOnlyList<string> Processes { get; } = ["edge", "worker"];

    /// <inheritdoc/>
    public IReadOnlyList<Step> Steps => [.. _fast.Steps, _deliver];

    /// <summary>What the growth of a process is called, from before the slow ones until they are far behind.</summary>
    public static string GrowthOf(string process) => $"{process}_memory_growth_mib";

    /// <inheritdoc/>
    public async Task InitAsync(CancellationToken stopping)
    {
        _context.Progress.Tell("without slow viewers");
        await using (var alone = new FanOutRun(_context))
        {
            _alone = await new ScenarioExecution(_context, [], abortsEarly: false).RunAsync(alone, stopping);
        }

        await _fast.InitAsync(stopping);
        _counting = await CounterMeter.StartAsync(_context.Target.Processes, Meter, stopping);
        _before = await _memory.ReadAsync(_context.Load.Warmup, stopping);
        _context.Progress.Tell(string.Create(
            CultureInfo.InvariantCulture, $"connecting {_slow.Length:N0} slow viewers"));
        for (int i = 0; i < _slow.Length; i++)
        {
            await _slow[i].OpenAsync(_context.Target, _context.Load.Clients + i, stopping);
        }
    }

    /// <inheritdoc/>
    public async Task LoadAsync(LoadWindow window, CancellationToken stopping)
    {
        _deliver.Measure(window.From, window.Until);
        await _fast.LoadAsync(window, stopping);
        long expected = _fast.Published * _slow.Length;
        _behind = expected - _deliver.Done;
        _context.Progress.Tell(string.Create(
            CultureInfo.InvariantCulture, $"the slow ones are {_behind:N0} deliveries behind, and go on"));
        _during = await _memory.ReadAsync(_context.Load.Warmup, stopping);
        _fallsBehind = (await _counting!.StopAsync(_context.Time, stopping)).GetValueOrDefault(FallsBehind);
        await Task.WhenAll(_slow.Select(viewer => viewer.HurryAsync()));
        long begun = Stopwatch.GetTimestamp();
        while (_deliver.Done < expected && Stopwatch.GetElapsedTime(begun) < CatchUpMax)
        {
            await Task.Delay(LookEvery, _context.Time, stopping);
        }
    }

    /// <inheritdoc/>
    public async Task CleanAsync(CancellationToken stopping)
    {
        foreach (SlowViewer viewer in _slow)
        {
            await viewer.DisposeAsync();
        }

        await _fast.CleanAsync(stopping);
    }

    /// <inheritdoc/>
    public IEnumerable<Figure> Live() => _fast.Live();

    /// <inheritdoc/>
    public RunResult Result(Measured measured)
    {
        RunResult fast = _fast.Result(measured);
        double alone = _alone!.ValueOf(FigureNames.LatencyP95);
        EventViewer[] seen = [.. _slow.Select(viewer => viewer.Seen)];
        return fast with
        {
            Figures =
            [
                .. fast.FiguresWith(_alone),
                new("alone_latency_p95_ms", _alone.ValueOf(FigureNames.LatencyP95)),
                new("alone_latency_p99_ms", _alone.ValueOf(FigureNames.LatencyP99)),
                new(SlowAmongFastScenario.LatencyRatio, fast.ValueOf(FigureNames.LatencyP95) / alone),
                .. _during.ByProcess.Keys.Select(process => new Figure(
                    GrowthOf(process), (_during.ByProcess[process] - _before.ByProcess[process]) / Mib)),
                new("worker_falls_behind", _fallsBehind),
                new("slow_behind_at_end", _behind),
                new("slow_missing", seen.Sum(viewer => viewer.MissingOf(_fast.Published)), Aggregation.Worst),
                new("slow_duplicates", seen.Sum(viewer => viewer.Duplicates), Aggregation.Worst),
                new("slow_out_of_order", seen.Sum(viewer => viewer.OutOfOrder), Aggregation.Worst),
                new("slow_disconnected", _slow.Count(viewer => viewer.End is not null), Aggregation.Worst),
            ],
            Notes =
            [
                .. fast.Notes,
                .. _slow.Select(viewer => viewer.End).OfType<string>().Take(1)
                    .Select(end => $"first slow one disconnected: {end}"),
                .. _before.IsCollected && _during.IsCollected
                    ? Array.Empty<string>()
                    : ["no full collection could be asked for: memory holds garbage"],
            ],
        };
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (SlowViewer viewer in _slow)
        {
            await viewer.DisposeAsync();
        }

        await _fast.DisposeAsync();
    }
}
