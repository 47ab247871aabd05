using System.Globalization;
using System.Net;
using System.Text;
using Realtime.Loadtests.Reports.Html;
using Realtime.Loadtests.Results;

namespace Realtime.Loadtests.Bench;

/// <summary>What <c>bench</c> found, as one page that holds all it needs: charts over the loads, then tables.</summary>
internal sealed class BenchPage
{
    private const int Colours = 6;

    private readonly StringBuilder _html = new();

    /// <summary>Writes it whole or not at all.</summary>
    public static void Write(
        string path, BenchReport report, IReadOnlyList<BenchPoint> points, IReadOnlyList<HighestPoint> found,
        TimeSpan p99Max)
    {
        string unfinished = path + ".tmp";
        File.WriteAllText(unfinished, new BenchPage().Render(report, points, found, p99Max));
        File.Move(unfinished, path, overwrite: true);
    }

    private string Render(
        BenchReport report, IReadOnlyList<BenchPoint> points, IReadOnlyList<HighestPoint> found, TimeSpan p99Max)
    {
        Add($"<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">");
        Add($"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
        Add($"<title>Bench</title><style>{HtmlReport.Style()}</style></head><body><main>\n<h1>Bench</h1>");
        Add($"<p class=\"quiet\">{report.Date:yyyy-MM-dd HH:mm:ss zzz} · {Encode(report.Machine.ToString())}</p>");
        Add($"<p><code>{Encode(report.Command)}</code></p>\n");
        foreach ((string contender, string summary) in report.Contenders)
        {
            Add($"<p><b>{Encode(contender)}</b>: {Encode(summary)}</p>");
        }

        Add($"<div class=\"charts\">{string.Concat(Charts(points).Select(chart => chart.ToHtml()))}</div>\n");
        Table(writer => BenchTable.Write(writer, points));
        Table(writer => BenchTable.Write(writer, found, p99Max));
        Add($"</main></body></html>\n");
        return _html.ToString();
    }

    // What fell behind is left out: a line through it would say what it can't.
    private static IEnumerable<LineChart> Charts(IReadOnlyList<BenchPoint> points)
    {
        int[] loads = [.. points.Select(point => point.Offered).Distinct().Order()];
        string[] contenders = [.. points.Select(point => point.Contender).Distinct()];
        Series Line(string name, int colour, string contender, Func<BenchPoint, double> value) => new(
            name, string.Create(CultureInfo.InvariantCulture, $"c{colour % Colours}"),
            [
                .. loads.Select(load => points.FirstOrDefault(
                    point => point.Contender == contender && point.Offered == load && !point.IsBehind) is { } found
                    ? value(found)
                    : double.NaN),
            ]);
        LineChart Chart(string title, string unit, IEnumerable<Series> lines) => new()
        {
            Title = title,
            Unit = unit,
            At = [.. loads.Select((_, i) => (double)i)],
            TicksAt = [.. loads.Select((_, i) => (double)i)],
            ShowAt = at => Scale.Show(loads[(int)Math.Round(at)]) + "/s",
            Lines = [.. lines],
        };

        yield return Chart(
            "CPU of all but the client", "s per million deliveries",
            contenders.Select((name, i) => Line(name, i, name, point => point.CpuOfSystem)));
        yield return Chart(
            "Latency, p99", "ms",
            contenders.Select((name, i) => Line(name, i, name, point => point.ValueOf(FigureNames.LatencyP99))));
        foreach (string contender in contenders)
        {
            BenchPoint[] own = [.. points.Where(point => point.Contender == contender)];
            yield return Chart(
                $"{contender}: CPU by process", "s per million deliveries",
                BenchTable.Processes(own).Select((process, i) => Line(
                    process, i, contender, point => point.Cpu.FirstOrDefault(one => one.Process == process).Seconds)));
            yield return Chart(
                $"{contender}: latency", "ms",
                new[] { FigureNames.LatencyP50, FigureNames.LatencyP95, FigureNames.LatencyP99 }
                    .Select((figure, i) => Line(figure, i, contender, point => point.ValueOf(figure))));
        }
    }

    private void Table(Action<TextWriter> write)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        write(text);
        Add($"<div class=\"scroll\"><pre>{Encode(text.ToString())}</pre></div>\n");
    }

    private void Add(FormattableString text) => _html.Append(text.ToString(CultureInfo.InvariantCulture));

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}
