using System.Globalization;
using Realtime.Loadtests.Measuring;
using Realtime.Loadtests.Results;
using Realtime.Loadtests.Steps;

namespace Realtime.Loadtests.Reports.Html;

/// <summary>The charts of one run.</summary>
internal static class RunCharts
{
    private const int Colours = 6;
    private const double Mib = 1024 * 1024;

    // Evenly on a scale where each place has a tenth of what is above the one before it.
    private static readonly double[] Percentiles =
        [0.1, 10, 20, 30, 40, 50, 60, 70, 80, 85, 90, 92.5, 95, 97.5, 98, 99, 99.3, 99.5, 99.8, 99.9, 99.95, 99.99];

    /// <summary>All of them, as HTML.</summary>
    public static string Of(Timeline run)
    {
        // Of two intervals on there is a line to draw.
        IReadOnlyList<StepResult> timed = [.. run.Steps.Where(step => step.Latency.Count > 0)];
        return string.Concat(
        [
            Rates(run).ToHtml(),
            Distribution(timed).ToHtml(),
            .. timed.Where(step => step.Samples.Count(sample => sample.P99 > 0) > 1)
                .Select(step => Latency(run, step).ToHtml()),
            Cpu(run).ToHtml(),
            Memory(run).ToHtml(),
        ]);
    }

    private static LineChart Rates(Timeline run)
    {
        double[] lengths = Lengths(run.Seconds);
        var lines = new List<Series>();
        foreach (StepResult step in run.Steps.Where(step => step.Samples.Any(sample => sample.Ok > 0)))
        {
            lines.Add(new Series(
                step.Name, Colour(lines.Count), [.. step.Samples.Select((sample, i) => sample.Ok / lengths[i])]));
        }

        if (run.Steps.Any(step => step.Failed > 0))
        {
            lines.Add(new Series(
                "failed", "bad",
                [.. lengths.Select((length, i) => run.Steps.Sum(step => step.Samples[i].Failed) / length)]));
        }

        return new LineChart { Title = "Done", Unit = "per second", At = run.Seconds, Lines = lines };
    }

    private static LineChart Latency(Timeline run, StepResult step)
    {
        double[] Of(Func<StepSample, long> percentile) =>
        [
            .. step.Samples.Select(sample =>
                sample.P99 == 0 ? double.NaN : LatencyFigures.Milliseconds(percentile(sample))),
        ];
        return new LineChart
        {
            Title = $"Latency of {step.Name}",
            Unit = "ms",
            At = run.Seconds,
            Lines =
            [
                new Series("p99", "p99", Of(sample => sample.P99)), new Series("p95", "p95", Of(sample => sample.P95)),
                new Series("p50", "p50", Of(sample => sample.P50)),
            ],
        };
    }

    private static LineChart Distribution(IReadOnlyList<StepResult> steps) => new()
    {
        Title = "Latency by percentile",
        Unit = "ms",
        At = [.. Percentiles.Select(Nines)],
        TicksAt = [Nines(50), Nines(90), Nines(99), Nines(99.9), Nines(99.99)],
        ShowAt = nines => "p" + (100 - (100 * Math.Pow(10, -nines))).ToString("0.##", CultureInfo.InvariantCulture),
        Lines =
        [
            .. steps.Select((step, i) => new Series(
                step.Name, Colour(i),
                [.. Percentiles.Select(at => LatencyFigures.Milliseconds(step.Latency.Percentile(at)))])),
        ],
    };

    private static LineChart Cpu(Timeline run) => new()
    {
        Title = "CPU",
        Unit = "cores",
        At = run.Seconds,
        Lines =
        [
            .. run.Processes.Select((process, i) => new Series(
                process.Name, Colour(i), [.. process.Samples.Select(sample => sample.Cores)])),
        ],
    };

    private static LineChart Memory(Timeline run) => new()
    {
        Title = "Resident memory",
        Unit = "MiB",
        At = run.Seconds,
        Lines =
        [
            .. run.Processes.Select((process, i) => new Series(
                process.Name, Colour(i), [.. process.Samples.Select(sample => sample.ResidentBytes / Mib)])),
        ],
    };

    private static double[] Lengths(IReadOnlyList<double> seconds) =>
    [
        .. seconds.Select((at, i) => Math.Max(
            1e-3, i > 0 ? at - seconds[i - 1] : seconds.Count > 1 ? seconds[1] - at : 1)),
    ];

    private static double Nines(double percentile) => -Math.Log10(1 - (percentile / 100));

    private static string Colour(int line) => string.Create(CultureInfo.InvariantCulture, $"c{line % Colours}");
}
