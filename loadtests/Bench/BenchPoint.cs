using Realtime.Loadtests.Results;
using Realtime.Loadtests.Scenarios;

namespace Realtime.Loadtests.Bench;

/// <summary>What one contender did at one load, in all its turns.</summary>
/// <param name="Contender">Who.</param>
/// <param name="Offered">Deliveries a second that were due.</param>
/// <param name="Load">The load.</param>
/// <param name="Runs">Its turns.</param>
internal sealed record BenchPoint(string Contender, int Offered, LoadOptions Load, IReadOnlyList<RunResult> Runs)
{
    /// <summary>Name of the figure that tells what else the machine did.</summary>
    public const string LoadAverage = "load_average_1m";

    private const string CpuPrefix = "cpu_";
    private const string CpuSuffix = "_s_per_million_deliveries";
    private const string Client = "client";

    // Later than this the load was not carried, and what it cost can't be said.
    private const double BehindMs = 1_000;

    /// <summary>Medians of the turns, and the worst of what must not happen.</summary>
    public ScenarioResult Result { get; } = new(Contender, Runs, []);

    /// <summary>Whether it fell behind: CPU and rates are of a system that drowned, not of this load.</summary>
    public bool IsBehind => ValueOf(FigureNames.LatencyP99) > BehindMs || ValueOf(FigureNames.Missing) > 0;

    /// <summary>Whether all came once, in order, where it should; where it fell behind, some may be missing.</summary>
    public bool IsExact => Broken(IsBehind).All(figure => ValueOf(figure) == 0);

    /// <summary>CPU seconds per million deliveries, by process; the client's last.</summary>
    public IEnumerable<(string Process, double Seconds)> Cpu => Result.Figures
        .Where(figure => figure.Name.StartsWith(CpuPrefix, StringComparison.Ordinal)
            && figure.Name.EndsWith(CpuSuffix, StringComparison.Ordinal))
        .Select(figure => (figure.Name[CpuPrefix.Length..^CpuSuffix.Length], figure.Value));

    /// <summary>That of all processes but the client's.</summary>
    public double CpuOfSystem => Cpu.Where(one => one.Process != Client).Sum(one => one.Seconds);

    /// <summary>One of the figures.</summary>
    public double ValueOf(string figure) => Result.Figures.Single(one => one.Name == figure).Value;

    /// <summary>Whether one run kept a limit of latency, and lost nothing.</summary>
    public static bool Keeps(RunResult run, TimeSpan p99Max) =>
        run.ValueOf(FigureNames.LatencyP99) <= p99Max.TotalMilliseconds
        && Broken(isBehind: false).All(figure => run.ValueOf(figure) == 0);

    private static IEnumerable<string> Broken(bool isBehind) => ExactThresholds.OfEvents
        .Select(threshold => threshold.Figure)
        .Where(figure => !isBehind
            || figure is not FigureNames.Missing);
}
