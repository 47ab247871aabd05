using System.Globalization;
using Realtime.Loadtests.Bench;
using Realtime.Loadtests.Measuring;
using Realtime.Loadtests.Reports;

namespace Realtime.Loadtests.Commands;

/// <summary>Runs what <c>bench</c> asks for, and reports it.</summary>
internal static class BenchRunner
{
    /// <summary>Runs all; the exit code. Errors become a line that says what to do.</summary>
    public static Task<int> RunAsync(BenchOptions options, CancellationToken stopping) =>
        Runner.GuardAsync(() => RunAllAsync(options, TimeProvider.System, stopping), stopping);

    private static async Task<int> RunAllAsync(BenchOptions options, TimeProvider time, CancellationToken stopping)
    {
        var machine = MachineDescription.Read();
        DateTimeOffset date = time.GetLocalNow();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{date:yyyy-MM-dd HH:mm:ss zzz}  {options.Command}"));
        Console.WriteLine(machine);
        var progress = new Progress(Console.Error, time);
        foreach (IContender contender in options.Contenders)
        {
            progress.Tell($"preparing {contender.Name}: {contender.Summary}");
            await contender.PrepareAsync(options, stopping);
        }

        var execution = new BenchExecution(options, progress, time);
        try
        {
            await (options.Highest ? execution.SearchAsync(stopping) : execution.RunAsync(stopping));
        }
        finally
        {
            // Even if one could not go on: what was measured until then has its worth.
            BenchTable.Write(Console.Out, execution.Points);
            BenchTable.Write(Console.Out, execution.Highest, options.P99Max);
        }

        var report = new BenchReport
        {
            Date = date,
            Command = options.Command,
            Machine = machine,
            Contenders = options.Contenders.ToDictionary(one => one.Name, one => one.Summary),
            Points = [.. execution.Points.Select(BenchPointReport.From)],
            Highest = [.. execution.Highest.Select(point => HighestReport.From(point, options.P99Max))],
            Passed = execution.Points.All(point => point.IsExact) && execution.Highest.All(point => point.Carried > 0),
        };
        if (options.Json is { } json)
        {
            ReportFile.Write(json, report);
        }

        if (options.Html is { } html)
        {
            BenchPage.Write(html, report, execution.Points, execution.Highest, options.P99Max);
        }

        return report.Passed ? ExitCodes.Passed : ExitCodes.ThresholdBroken;
    }
}
