using System.Globalization;
using System.Net;
using System.Reflection;
using System.Text;
using Realtime.Loadtests.Measuring;
using Realtime.Loadtests.Results;
using Realtime.Loadtests.Steps;

namespace Realtime.Loadtests.Reports.Html;

/// <summary>The report for people: one page that holds all it needs, light and dark.</summary>
internal sealed class HtmlReport
{
    private readonly StringBuilder _html = new();

    /// <summary>Writes it whole or not at all.</summary>
    public static void Write(string path, Report report, IReadOnlyList<ScenarioResult> results)
    {
        string unfinished = path + ".tmp";
        File.WriteAllText(unfinished, new HtmlReport().Render(report, results));
        File.Move(unfinished, path, overwrite: true);
    }

    private string Render(Report report, IReadOnlyList<ScenarioResult> results)
    {
        string names = string.Join(", ", results.Select(result => result.Scenario));
        Add($"<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">");
        Add($"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
        Add($"<title>Load test: {Encode(names)}</title><style>{Style()}</style></head><body><main>\n");
        Add($"<h1>Load test {State(report.Passed)}</h1>");
        Add($"<p class=\"quiet\">{report.Date:yyyy-MM-dd HH:mm:ss zzz} · {Encode(report.Machine.ToString())}</p>");
        Add($"<p><code>{Encode(report.Command)}</code></p>\n");
        Summary(results);
        for (int i = 0; i < results.Count; i++)
        {
            Scenario(results[i], report.Scenarios[i]);
        }

        Add($"</main></body></html>\n");
        return _html.ToString();
    }

    private void Summary(IReadOnlyList<ScenarioResult> results)
    {
        Add($"<div class=\"scroll\"><table><tr><th>scenario<th><th class=\"n\">runs<th>broken</tr>");
        foreach (ScenarioResult result in results)
        {
            string broken = string.Join(
                ", ", result.Thresholds.Where(outcome => !outcome.Passed).Select(outcome => Shown(outcome)));
            string name = Encode(result.Scenario);
            Add($"<tr><td><a href=\"#{name}\">{name}</a><td>{State(result.Passed)}");
            Add($"<td class=\"n\">{result.Runs.Count}<td>{Encode(broken)}</tr>");
        }

        Add($"</table></div>\n");
    }

    private void Scenario(ScenarioResult result, ScenarioReport report)
    {
        Add($"<h2 id=\"{Encode(result.Scenario)}\">{Encode(result.Scenario)} {State(result.Passed)}</h2>");
        Add($"<p class=\"quiet\">{Encode(report.Description)}</p>");
        foreach (string note in result.Runs.SelectMany(run => run.Notes).Distinct())
        {
            Add($"<p class=\"note\">{Encode(note)}</p>");
        }

        Add($"<h3>Thresholds</h3><div class=\"scroll\"><table><tr><th>must hold<th class=\"n\">measured<th></tr>");
        foreach (ThresholdOutcome outcome in result.Thresholds)
        {
            string value = outcome.Value is { } measured ? Scale.Show(measured) : "no such figure";
            Add($"<tr><td>{Encode(outcome.Threshold.ToString())}<td class=\"n\">{value}");
            Add($"<td>{State(outcome.Passed)}</tr>");
        }

        Add($"</table></div>\n");
        for (int run = 0; run < result.Runs.Count; run++)
        {
            // The last one is open: what was watched most lately.
            Add($"<details{(run == result.Runs.Count - 1 ? " open" : string.Empty)}>");
            Add($"<summary>Run {run + 1} of {result.Runs.Count}</summary>");
            Steps(result.Runs[run].Timeline);
            Add($"<h3>Over time</h3><div class=\"charts\">{RunCharts.Of(result.Runs[run].Timeline)}</div></details>\n");
        }

        Figures(result);
    }

    private void Steps(Timeline run)
    {
        Add($"<h3>Steps</h3><div class=\"scroll\"><table><tr><th>step<th class=\"n\">ok<th class=\"n\">failed");
        Add($"<th class=\"n\">p50 ms<th class=\"n\">p75 ms<th class=\"n\">p95 ms<th class=\"n\">p99 ms");
        Add($"<th class=\"n\">max ms<th>first failure</tr>");
        foreach (StepResult step in run.Steps)
        {
            Add($"<tr><td>{Encode(step.Name)}<td class=\"n\">{step.Ok:N0}<td class=\"n\">{step.Failed:N0}");
            foreach (double percentile in (double[])[50, 75, 95, 99, 100])
            {
                long value = percentile == 100 ? step.Latency.Max : step.Latency.Percentile(percentile);
                string shown = step.Latency.Count == 0 ? "–" : Scale.Show(LatencyFigures.Milliseconds(value));
                Add($"<td class=\"n\">{shown}");
            }

            Add($"<td>{Encode(step.FirstFailure ?? string.Empty)}</tr>");
        }

        Add($"</table></div>\n");
    }

    private void Figures(ScenarioResult result)
    {
        Add($"<details><summary>All figures</summary><div class=\"scroll\"><table><tr><th>figure");
        Add($"<th class=\"n\">{(result.Runs.Count > 1 ? "median, or the worst" : "measured")}");
        for (int run = 0; run < result.Runs.Count && result.Runs.Count > 1; run++)
        {
            Add($"<th class=\"n\">run {run + 1}");
        }

        Add($"</tr>");
        for (int i = 0; i < result.Figures.Count; i++)
        {
            Add($"<tr><td>{Encode(result.Figures[i].Name)}<td class=\"n\">{Scale.Show(result.Figures[i].Value)}");
            for (int run = 0; run < result.Runs.Count && result.Runs.Count > 1; run++)
            {
                Add($"<td class=\"n\">{Scale.Show(result.Runs[run].Figures[i].Value)}");
            }

            Add($"</tr>");
        }

        Add($"</table></div></details>\n");
    }

    private static string Shown(ThresholdOutcome outcome) =>
        $"{outcome.Threshold} ({(outcome.Value is { } value ? Scale.Show(value) : "no such figure")})";

    private static string State(bool passed) => passed
        ? "<span class=\"state ok\">✓ passed</span>"
        : "<span class=\"state failed\">✗ failed</span>";

    /// <summary>The style of a page.</summary>
    public static string Style()
    {
        using Stream css = Assembly.GetExecutingAssembly().GetManifestResourceStream("report.css")!;
        using var reader = new StreamReader(css);
        return reader.ReadToEnd();
    }

    private void Add(FormattableString text) => _html.Append(text.ToString(CultureInfo.InvariantCulture));

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}
