using System.Globalization;
using Realtime.Loadtests.Results;

namespace Realtime.Loadtests.Bench;

/// <summary>What <c>bench</c> found, as tables for people.</summary>
internal static class BenchTable
{
    private const int NameWidth = 18;
    private const int Width = 11;

    /// <summary>A line for each contender and load.</summary>
    public static void Write(TextWriter output, IReadOnlyList<BenchPoint> points)
    {
        if (points.Count == 0)
        {
            return;
        }

        string[] processes = Processes(points);
        output.WriteLine();
        output.WriteLine(
            "".PadRight(NameWidth + (2 * Width)) + "  CPU seconds per million deliveries".PadRight(
                (processes.Length + 1) * Width) + "  latency, ms");
        output.WriteLine(
            "contender".PadRight(NameWidth) + Right("offered/s") + Right("deliv./s")
            + string.Concat(processes.Select(Right)) + Right("but client")
            + Right("p50") + Right("p95") + Right("p99"));
        foreach (BenchPoint point in points)
        {
            var cpu = point.Cpu.ToDictionary(one => one.Process, one => one.Seconds);
            output.WriteLine(
                point.Contender.PadRight(NameWidth) + Right(Number(point.Offered))
                + Right(Number(point.ValueOf(FigureNames.DeliveredPerSecond)))
                + string.Concat(processes.Select(
                    process => Right(cpu.TryGetValue(process, out double seconds) ? Number(seconds) : "")))
                + Right(Number(point.CpuOfSystem))
                + Right(Number(point.ValueOf(FigureNames.LatencyP50)))
                + Right(Number(point.ValueOf(FigureNames.LatencyP95)))
                + Right(Number(point.ValueOf(FigureNames.LatencyP99))) + Remark(point));
        }
    }

    /// <summary>A line for each search.</summary>
    public static void Write(TextWriter output, IReadOnlyList<HighestPoint> found, TimeSpan p99Max)
    {
        if (found.Count == 0)
        {
            return;
        }

        output.WriteLine();
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"highest load with p99 <= {p99Max.TotalMilliseconds:0} ms, nothing lost"));
        foreach (HighestPoint point in found)
        {
            string above = point.NotCarried is { } notCarried ? $"not {Number(notCarried)}" : "no limit was met";
            output.WriteLine($"{point.Contender,-NameWidth}{Number(point.Carried),Width} deliveries/s ({above})");
        }

        Write(output, [.. found.Select(point => point.Best).OfType<BenchPoint>()]);
    }

    /// <summary>All processes of some points, the client's last.</summary>
    public static string[] Processes(IReadOnlyList<BenchPoint> points) =>
    [
        .. points.SelectMany(point => point.Cpu.Select(one => one.Process)).Distinct()
            .OrderBy(process => process == "client"),
    ];

    /// <summary>What a reader should know of a point; empty if there is nothing.</summary>
    public static string Remark(BenchPoint point)
    {
        if (point.IsBehind)
        {
            return "  fell behind";
        }

        return point.IsExact ? string.Empty : "  NOT EXACT: see the report's figures";
    }

    private static string Right(string text) => text.PadLeft(Width);

    private static string Number(double value) =>
        value.ToString(value >= 1_000 || value == Math.Round(value) ? "N0" : "N1", CultureInfo.InvariantCulture);
}
