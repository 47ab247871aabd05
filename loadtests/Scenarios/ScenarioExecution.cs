using System.Globalization;
using Realtime.Loadtests.Load;
using Realtime.Loadtests.Measuring;
using Realtime.Loadtests.Results;

namespace Realtime.Loadtests.Scenarios;

/// <summary>Takes a run through its phases, watches it meanwhile, and ends it early if that was asked for.</summary>
internal sealed class ScenarioExecution(ScenarioContext context, IReadOnlyList<Threshold> thresholds, bool abortsEarly)
{
    private string? _aborted;

    /// <summary>Runs a scenario once.</summary>
    public async Task<RunResult> RunAsync(IScenario scenario, CancellationToken stopping)
    {
        await using IScenarioRun run = scenario.CreateRun(context);
        return await RunAsync(run, stopping);
    }

    /// <summary>Takes one run through its phases.</summary>
    public async Task<RunResult> RunAsync(IScenarioRun run, CancellationToken stopping)
    {
        await run.InitAsync(stopping);
        var window = LoadWindow.Soon(context.Load.Warmup, context.Load.Duration);
        var monitor = new RunMonitor(window, run.Steps, context.Target.AllProcesses, context.Progress, context.Time);
        using var aborting = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        Task loading = run.LoadAsync(window, aborting.Token);
        try
        {
            await monitor.WatchAsync(loading, () => IsHopeless(run), stopping);
        }
        finally
        {
            if (_aborted is not null || !loading.IsCompleted)
            {
                await aborting.CancelAsync();
                await loading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        if (_aborted is null)
        {
            await loading;
        }

        await run.CleanAsync(stopping);
        RunResult result = run.Result(monitor.Measured());
        return result with
        {
            Timeline = monitor.Timeline(),
            Notes = _aborted is null ? result.Notes : [$"aborted early: {_aborted}", .. result.Notes],
        };
    }

    // Counts only rise, so that a broken one stays broken; latencies may still recover, and are left to the end.
    private bool IsHopeless(IScenarioRun run)
    {
        foreach (Figure figure in abortsEarly ? run.Live() : [])
        {
            if (thresholds.FirstOrDefault(one => one.Figure == figure.Name) is { } threshold
                && !threshold.IsKeptBy(figure.Value))
            {
                _aborted = string.Create(CultureInfo.InvariantCulture, $"{threshold} is broken by {figure.Value}");
                context.Progress.Tell(_aborted);
                return true;
            }
        }

        return false;
    }
}
