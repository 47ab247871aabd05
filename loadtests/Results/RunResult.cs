using Realtime.Loadtests.Measuring;

namespace Realtime.Loadtests.Results;

/// <summary>What one run of a scenario measured.</summary>
internal sealed record RunResult
{
    /// <summary>The figures, in the order in which they are shown; every run of a scenario has the same.</summary>
    public required IReadOnlyList<Figure> Figures { get; init; }

    /// <summary>Whole distributions, by name, in microseconds.</summary>
    public IReadOnlyDictionary<string, Histogram> Histograms { get; init; } = new Dictionary<string, Histogram>();

    /// <summary>The run over time.</summary>
    public Timeline Timeline { get; init; } = Timeline.Empty;

    /// <summary>What a reader should know about this run, such as why events were refused.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Its figures, with what must not happen counted over another run of the same kind too.</summary>
    public IEnumerable<Figure> FiguresWith(RunResult other) => Figures.Select(figure =>
        figure.Aggregation == Aggregation.Worst
            ? figure with { Value = figure.Value + other.ValueOf(figure.Name) }
            : figure);

    /// <summary>One of its figures.</summary>
    public double ValueOf(string figure) => Figures.Single(one => one.Name == figure).Value;
}
