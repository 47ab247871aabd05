using System.Globalization;
using Xunit.Abstractions;

namespace Realtime.Tests.Chaos;

/// <summary>
/// Hundreds of clients and dozens of producers on three workers, two edges and a Redis, which are killed, stopped,
/// drained and cut off from each other at random: nothing that was acknowledged is lost, nothing comes twice or out of
/// order, and nothing is passed over in silence.
/// </summary>
[Collection(ChaosCollection.Name)]
public class ChaosTests(ITestOutputHelper output)
{
    // Asserted in the long form only: a machine that is busy with something else is no fault of the product.
    private static readonly TimeSpan RecoveryMax = TimeSpan.FromMilliseconds(800);

    [Fact]
    public async Task Nothing_is_lost_nothing_comes_twice_and_nothing_is_stuck()
    {
        var options = ChaosOptions.FromEnvironment();
        output.WriteLine($"REALTIME_TEST_SEED={options.Seed} repeats this run's faults, filters and habits.");
        var report = new ChaosReport(options);
        await using ChaosSystem system = await ChaosSystem.StartAsync(report.LogDirectory);
        report.Write("all parts are ready");
        await using var run = new ChaosRun(system, options, report);
        try
        {
            await run.RunAsync();
            Report(run, options, report);
        }
        catch (Exception failure)
        {
            report.Violated($"The run broke off: {failure.Message}");
            throw;
        }
        finally
        {
            report.Save(run.Stories());
            output.WriteLine(report.Text);
        }

        Assert.True(
            report.Violations.Count == 0,
            $"{report.Violations.Count} violations; see {report.LogDirectory}."
                + string.Concat(report.Violations.Take(10).Select(wrong => Environment.NewLine + wrong)));
    }

    private static void Report(ChaosRun run, ChaosOptions options, ChaosReport report)
    {
        report.Write($"FIGURES: {run.Figures}");
        IReadOnlyList<TimeSpan> recoveries = run.Watch.Recoveries;
        if (recoveries.Count == 0)
        {
            return;
        }

        TimeSpan p95 = ReconnectWatch.Percentile(recoveries, 0.95);
        report.Write(string.Create(
            CultureInfo.InvariantCulture,
            $"FIGURES: after the kill of a worker {recoveries.Count} clients were delivered to again: p50 "
                + $"{ReconnectWatch.Percentile(recoveries, 0.5).TotalSeconds:0.00} s, p95 {p95.TotalSeconds:0.00} s, "
                + $"at most {recoveries[^1].TotalSeconds:0.00} s"));
        if (options.IsLong && p95 >= RecoveryMax)
        {
            report.Violated($"p95 of recovery is {p95}, not below {RecoveryMax}");
        }
    }
}
