using System.Diagnostics;
using System.Globalization;
using Realtime.Loadtests.Audiences;
using Realtime.Loadtests.Load;
using Realtime.Loadtests.Results;
using Realtime.Loadtests.Scenarios.FanOut;
using Realtime.Loadtests.Steps;

namespace Realtime.Loadtests.Scenarios.SlowAmongFast;

/// <summary>One run of <see cref="SlowAmongFastScenario"/>: that of the fan-out, and the slow ones beside it.</summary>
internal sealed class SlowAmongFastRun : IScenarioRun
{
    // Each takes half of what comes for it, whatever the rate is.
    private const double Share = 0.5;

    private static readonly TimeSpan CatchUpMax = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(50);

    private readonly ScenarioContext _context;
    private readonly FanOutRun _fast;
    private readonly Step _deliver = new("deliver_slow");
    private readonly SlowViewer[] _slow;
    private long _behind;

    /// <summary>Makes one.</summary>
    public SlowAmongFastRun(ScenarioContext context)
    {
        _context = context;
        _fast = new FanOutRun(context);
        var pause = TimeSpan.FromSeconds(1 / (context.Load.Rate * Share));
        _slow =
        [
            .. Enumerable.Range(0, context.Load.SlowClients)
                .Select(_ => new SlowViewer(_fast.Plan, _deliver, pause, context.Time)),
        ];
    }

    /// <inheritdoc/>
    public IReadOnlyList<Step> Steps => [.. _fast.Steps, _deliver];

    /// <inheritdoc/>
    public async Task InitAsync(CancellationToken stopping)
    {
        await _fast.InitAsync(stopping);
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
        EventViewer[] seen = [.. _slow.Select(viewer => viewer.Seen)];
        return fast with
        {
            Figures =
            [
                .. fast.Figures,
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
