namespace Realtime.Loadtests.Results;

/// <summary>What all runs of a scenario measured, and whether that is good enough.</summary>
internal sealed class ScenarioResult
{
    /// <summary>Puts the runs together.</summary>
    public ScenarioResult(string scenario, IReadOnlyList<RunResult> runs, IReadOnlyList<Threshold> thresholds)
    {
        Scenario = scenario;
        Runs = runs;
        Figures =
        [
            .. runs[0].Figures.Select((figure, i) =>
                figure with { Value = Aggregate(figure.Aggregation, [.. runs.Select(run => run.Figures[i].Value)]) }),
        ];
        Thresholds = [.. thresholds.Select(threshold => new ThresholdOutcome(threshold, ValueOf(threshold.Figure)))];
    }

    /// <summary>Its name.</summary>
    public string Scenario { get; }

    /// <summary>The runs.</summary>
    public IReadOnlyList<RunResult> Runs { get; }

    /// <summary>The figures of all runs, put together.</summary>
    public IReadOnlyList<Figure> Figures { get; }

    /// <summary>The thresholds.</summary>
    public IReadOnlyList<ThresholdOutcome> Thresholds { get; }

    /// <summary>Whether all thresholds were kept.</summary>
    public bool Passed => Thresholds.All(threshold => threshold.Passed);

    private static double Aggregate(Aggregation aggregation, double[] values)
    {
        Array.Sort(values);
        int middle = values.Length / 2;
        return aggregation switch
        {
            Aggregation.Worst => values[^1],
            _ => values.Length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2,
        };
    }

    private double? ValueOf(string figure)
    {
        foreach (Figure found in Figures)
        {
            if (found.Name == figure)
            {
                return found.Value;
            }
        }

        return null;
    }
}
