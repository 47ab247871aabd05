using System.Globalization;
using Realtime.Loadtests.Results;
using Realtime.Loadtests.Scenarios;

namespace Realtime.Loadtests.Reports;

/// <summary>The result of a scenario as a table for people: a line for each figure, a column for each run.</summary>
internal static class ConsoleReport
{
    private const int NameWidth = 40;
    private const int ValueWidth = 12;

    /// <summary>Writes it.</summary>
    public static void Write(TextWriter output, ScenarioResult result, LoadOptions load)
    {
        int runs = result.Runs.Count;
        output.WriteLine();
        output.WriteLine($"{result.Scenario}: {load}");
        output.WriteLine();
        if (runs > 1)
        {
            string columns = string.Concat(Enumerable.Range(1, runs)
                .Select(run => string.Create(CultureInfo.InvariantCulture, $"run {run}").PadLeft(ValueWidth)));
            output.WriteLine($"  {"median, or the worst",-NameWidth}{string.Empty,ValueWidth}{columns}");
        }

        for (int i = 0; i < result.Figures.Count; i++)
        {
            Figure figure = result.Figures[i];
            string line = figure.Name.PadRight(NameWidth) + Show(figure.Value);
            if (runs > 1)
            {
                line += string.Concat(result.Runs.Select(run => Show(run.Figures[i].Value)));
            }

            output.WriteLine($"  {line}");
        }

        output.WriteLine();
        foreach (string note in result.Runs.SelectMany(run => run.Notes).Distinct())
        {
            output.WriteLine($"  note: {note}");
        }

        foreach (ThresholdOutcome outcome in result.Thresholds)
        {
            string value = outcome.Value is { } measured ? Show(measured).Trim() : "no such figure";
            output.WriteLine($"  {(outcome.Passed ? "ok    " : "FAILED")}  {outcome.Threshold}  ({value})");
        }
    }

    // Enough digits to compare, none to pretend.
    private static string Show(double value)
    {
        string format = value == Math.Round(value) ? "N0" : Math.Abs(value) >= 100 ? "N1" : "N3";
        return value.ToString(format, CultureInfo.InvariantCulture).PadLeft(ValueWidth);
    }
}
