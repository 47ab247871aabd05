using System.Diagnostics;
using System.Globalization;
using Realtime.Loadtests.Load;
using Realtime.Loadtests.Measuring;
using Realtime.Loadtests.Results;
using Realtime.Loadtests.Scenarios.Mixed;
using Realtime.Loadtests.Steps;

namespace Realtime.Loadtests.Scenarios.Soak;

/// <summary>
/// One run of <see cref="SoakScenario"/>: that of the mixed day, and readings of memory behind full collections, evenly
/// over the second half. Between them a heap rises and falls by what its collector lets it: a line through those ups
/// and downs says when it collected, not whether anything is kept.
/// </summary>
internal sealed class SoakRun : IScenarioRun
{
    private const int Readings = 5;
    private const double Mib = 1024 * 1024;

    // Of the time from one reading to the next; a reading takes so long, and a moment to collect.
    private const int SettlingPart = 20;

    private readonly ScenarioContext _context;
    private readonly MixedRun _mixed;
    private readonly MemoryMeter _memory;
    private readonly List<(double Minute, MemoryReading Reading)> _readings = [];

    /// <summary>Makes one.</summary>
    public SoakRun(ScenarioContext context)
    {
        context.Target.RequireProcesses("soak", SoakScenario.Processes);
        _context = context;
        _mixed = new MixedRun(context);
        _memory = new MemoryMeter(
            context.Target.Processes, context.Target.Client, context.Progress, context.Time);
    }

    /// <inheritdoc/>
    public IReadOnlyList<Step> Steps => _mixed.Steps;

    /// <summary>What the growth of a process is called.</summary>
    public static string GrowthOf(string process) => $"collected_{process}_mib_per_minute";

    /// <inheritdoc/>
    public Task InitAsync(CancellationToken stopping) => _mixed.InitAsync(stopping);

    /// <inheritdoc/>
    public Task LoadAsync(LoadWindow window, CancellationToken stopping) =>
        Task.WhenAll(_mixed.LoadAsync(window, stopping), ReadAsync(window, stopping));

    /// <inheritdoc/>
    public Task CleanAsync(CancellationToken stopping) => _mixed.CleanAsync(stopping);

    /// <inheritdoc/>
    public IEnumerable<Figure> Live() => _mixed.Live();

    /// <inheritdoc/>
    public RunResult Result(Measured measured)
    {
        RunResult mixed = _mixed.Result(measured);
        return mixed with
        {
            Figures = [.. SoakScenario.Processes.Select(Growth), .. mixed.Figures],
            Notes =
            [
                .. mixed.Notes,
                .. SoakScenario.Processes.Select(Show),
                .. _readings.TrueForAll(one => one.Reading.IsCollected)
                    ? Array.Empty<string>()
                    : ["not every full collection could be asked for: memory holds garbage"],
            ],
        };
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _mixed.DisposeAsync();

    private string Show(string process) => $"{process} behind full collections, MiB: " + string.Join(
        ", ",
        _readings.Select(one => string.Create(
            CultureInfo.InvariantCulture, $"{one.Reading.ByProcess[process] / Mib:0.0} at {one.Minute:0.0} min")));

    private Figure Growth(string process) => new(
        GrowthOf(process),
        Slope.Of([.. _readings.Select(one => (one.Minute, one.Reading.ByProcess[process] / Mib))]));

    private async Task ReadAsync(LoadWindow window, CancellationToken stopping)
    {
        TimeSpan half = TimeSpan.FromSeconds(window.Seconds / 2);
        for (int i = 1; i <= Readings; i++)
        {
            await WaitAsync(window.From, half + (half * i / (Readings + 1)), stopping);
            MemoryReading reading = await _memory.ReadAsync(half / (Readings + 1) / SettlingPart, stopping);
            _readings.Add((Stopwatch.GetElapsedTime(window.From).TotalMinutes, reading));
        }
    }

    private async Task WaitAsync(long from, TimeSpan due, CancellationToken stopping)
    {
        TimeSpan left = due - Stopwatch.GetElapsedTime(from);
        if (left > TimeSpan.Zero)
        {
            await Task.Delay(left, _context.Time, stopping);
        }
    }
}
