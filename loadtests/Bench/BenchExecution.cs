using System.Globalization;
using Realtime.Loadtests.Measuring;
using Realtime.Loadtests.Reports;
using Realtime.Loadtests.Results;
using Realtime.Loadtests.Scenarios;
using Realtime.Loadtests.Scenarios.FanOut;
using Realtime.Loadtests.Targets;

namespace Realtime.Loadtests.Bench;

/// <summary>
/// Gives each contender its turns: one load after the other, and at each load all contenders one after the other, over
/// and over, so that what else the machine does meets all of them alike. Each turn has a system of its own.
/// </summary>
internal sealed class BenchExecution(BenchOptions options, Progress progress, TimeProvider time)
{
    private readonly List<BenchPoint> _points = [];
    private readonly List<HighestPoint> _highest = [];

    /// <summary>The curve so far: a point for each contender and load.</summary>
    public IReadOnlyList<BenchPoint> Points => _points;

    /// <summary>The highest loads so far, one for each search.</summary>
    public IReadOnlyList<HighestPoint> Highest => _highest;

    /// <summary>Measures the curve.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        foreach (int load in options.Loads)
        {
            var turns = options.Contenders.ToDictionary(one => one, _ => new List<RunResult>());
            for (int run = 1; run <= options.Runs; run++)
            {
                foreach (IContender contender in options.Contenders)
                {
                    progress.Tell(Invariant(
                        $"{contender.Name} at {load:N0} deliveries/s, turn {run} of {options.Runs}"));
                    turns[contender].Add(await TurnAsync(contender, load, stopping));
                }
            }

            _points.AddRange(turns.Select(
                turn => new BenchPoint(turn.Key.Name, load, options.LoadOf(load), turn.Value)));
        }
    }

    /// <summary>Searches the highest load of each contender, once a turn.</summary>
    public async Task SearchAsync(CancellationToken stopping)
    {
        for (int run = 1; run <= options.Runs; run++)
        {
            foreach (IContender contender in options.Contenders)
            {
                _highest.Add(await SearchAsync(contender, stopping));
            }
        }
    }

    private async Task<HighestPoint> SearchAsync(IContender contender, CancellationToken stopping)
    {
        BenchPoint? best = null;
        var search = new HighestSearch(async load =>
        {
            progress.Tell(Invariant($"{contender.Name}: trying {load:N0} deliveries/s"));
            RunResult run = await TurnAsync(contender, load, stopping);
            bool isKept = BenchPoint.Keeps(run, options.P99Max);
            string outcome = isKept ? "carried" : "not carried";
            double p99 = run.ValueOf(FigureNames.LatencyP99);
            progress.Tell(Invariant($"{contender.Name}: {load:N0} deliveries/s {outcome}, p99 {p99:N1} ms"));
            best = isKept ? new BenchPoint(contender.Name, load, options.LoadOf(load), [run]) : best;
            return isKept;
        });
        (int carried, int? notCarried) = await search.RunAsync(options.Loads[0]);
        return new HighestPoint(contender.Name, carried, notCarried, best);
    }

    private async Task<RunResult> TurnAsync(IContender contender, int load, CancellationToken stopping)
    {
        double loadAverage = MachineDescription.Read().LoadAverage;
        await using IStartedSystem system = await contender.StartAsync(options, time, stopping);
        var context = new ScenarioContext(
            new OpenTarget(system.Target, null), options.LoadOf(load), progress, time);
        await using var run = new FanOutRun(context);
        RunResult result = await new ScenarioExecution(context, [], abortsEarly: false).RunAsync(run, stopping);
        return result with { Figures = [.. result.Figures, new(BenchPoint.LoadAverage, loadAverage)] };
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
