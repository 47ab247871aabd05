using System.Globalization;
using Realtime.Loadtests.Measuring;
using Realtime.Loadtests.Reports;
using Realtime.Loadtests.Reports.Html;
using Realtime.Loadtests.Results;
using Realtime.Loadtests.Scenarios;
using Realtime.Loadtests.Targets;
using Realtime.Loadtests.Viewers;

namespace Realtime.Loadtests.Commands;

/// <summary>Runs what the command line asks for, and reports it.</summary>
internal static class Runner
{
    /// <summary>Runs all; the exit code. Errors become a line that says what to do.</summary>
    public static Task<int> RunAsync(RunOptions options, CancellationToken stopping) =>
        GuardAsync(() => RunAllAsync(options, TimeProvider.System, stopping), stopping);

    /// <summary>Turns what a load test may fail with into a line and an exit code.</summary>
    public static async Task<int> GuardAsync(Func<Task<int>> run, CancellationToken stopping)
    {
        try
        {
            return await run();
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync("Stopped.");
        }
        catch (Exception failure) when (failure is TargetException or ViewerException or InvalidOperationException
            or IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync(failure.Message);
        }

        return ExitCodes.Failed;
    }

    private static async Task<int> RunAllAsync(RunOptions options, TimeProvider time, CancellationToken stopping)
    {
        var machine = MachineDescription.Read();
        DateTimeOffset date = time.GetLocalNow();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{date:yyyy-MM-dd HH:mm:ss zzz}  {options.Command}"));
        Console.WriteLine(machine);
        var progress = new Progress(Console.Error, time);
        TargetSource source = await TargetSource.PrepareAsync(
            options.Target, options.Scenarios, progress, time, stopping);

        var reports = new List<ScenarioReport>();
        var results = new List<ScenarioResult>();
        bool passed = true;
        foreach (IScenario scenario in options.Scenarios)
        {
            LoadOptions load = options.LoadOf(scenario);
            IReadOnlyList<Threshold> thresholds = Threshold.Merge(scenario.ThresholdsOf(load), options.Thresholds);
            var runs = new List<RunResult>(options.Runs);
            for (int run = 1; run <= options.Runs; run++)
            {
                progress.Tell(string.Create(
                    CultureInfo.InvariantCulture, $"{scenario.Name}, run {run} of {options.Runs}"));
                await using OpenTarget target = await source.OpenAsync(scenario, stopping);
                var execution = new ScenarioExecution(
                    new ScenarioContext(target, load, progress, time), thresholds, options.AbortsEarly);
                runs.Add(await execution.RunAsync(scenario, stopping));
            }

            var result = new ScenarioResult(scenario.Name, runs, thresholds);
            ConsoleReport.Write(Console.Out, result, load);
            reports.Add(ScenarioReport.From(result, load));
            results.Add(result);
            passed &= result.Passed;
        }

        var report = new Report
        {
            Date = date,
            Command = options.Command,
            Machine = machine,
            Edge = options.Target.Edge?.ToString(),
            Scenarios = reports,
            Passed = passed,
        };
        if (options.Json is { } json)
        {
            ReportFile.Write(json, report);
        }

        if (options.Html is { } html)
        {
            HtmlReport.Write(html, report, results);
        }

        return passed ? ExitCodes.Passed : ExitCodes.ThresholdBroken;
    }
}
