using System.Globalization;
using System.Net;
using System.Text;

namespace Realtime.Loadtests.Reports.Html;

/// <summary>
/// A chart of lines as SVG inside the page: nothing is fetched, no script runs; numbers show on hovering.
/// </summary>
internal sealed class LineChart
{
    private const double Width = 600;
    private const double Height = 210;
    private const double Left = 48;
    private const double Right = 12;
    private const double Top = 10;
    private const double Bottom = 26;
    private const int TicksOfX = 8;
    private const int TicksOfY = 5;

    private readonly StringBuilder _html = new();

    /// <summary>What it shows.</summary>
    public required string Title { get; init; }

    /// <summary>Unit of the values.</summary>
    public required string Unit { get; init; }

    /// <summary>Places on the x axis, rising.</summary>
    public required IReadOnlyList<double> At { get; init; }

    /// <summary>Shows a place, as a tick or on hovering.</summary>
    public Func<double, string> ShowAt { get; init; } = at => Scale.Show(at) + " s";

    /// <summary>Ticks of the x axis where they are not chosen by value.</summary>
    public IReadOnlyList<double>? TicksAt { get; init; }

    /// <summary>The lines.</summary>
    public required IReadOnlyList<Series> Lines { get; init; }

    private double First => At[0];

    private double Last => Math.Max(At[^1], At[0] + 1e-9);

    /// <summary>The figure; empty if there is nothing to see.</summary>
    public string ToHtml()
    {
        if (At.Count < 2 || Lines.Count == 0)
        {
            return string.Empty;
        }

        double most = Lines.SelectMany(line => line.Values).Where(double.IsFinite).DefaultIfEmpty(0).Max();
        IReadOnlyList<double> ticks = Scale.Ticks(0, most, TicksOfY);
        Add($"<figure><figcaption>{Encode(Title)} <span class=\"quiet\">({Encode(Unit)})</span></figcaption>");
        Legend();
        Add($"<svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{Encode(Title)}\">");
        WarmUp();
        foreach (double tick in ticks)
        {
            double y = Y(tick, ticks[^1]);
            Add($"<path class=\"grid\" d=\"M{Left} {y:0.#}H{Width - Right}\"/>");
            Add($"<text x=\"{Left - 6}\" y=\"{y + 4:0.#}\" text-anchor=\"end\">{Scale.Show(tick)}</text>");
        }

        foreach (double tick in TicksAt ?? [.. Scale.Ticks(First, Last, TicksOfX).Where(t => t >= First && t <= Last)])
        {
            Add($"<text x=\"{X(tick):0.#}\" y=\"{Height - 8}\" text-anchor=\"middle\">{Encode(ShowAt(tick))}</text>");
        }

        foreach (Series line in Lines)
        {
            Add($"<path class=\"line {line.Style}\" d=\"{PathOf(line, ticks[^1])}\"/>");
        }

        Hits();
        Add($"</svg></figure>\n");
        return _html.ToString();
    }

    private void Legend()
    {
        Add($"<div class=\"legend\">");
        foreach (Series line in Lines)
        {
            Add($"<span><i class=\"{line.Style}\"></i>{Encode(line.Name)}</span>");
        }

        Add($"</div>");
    }

    private void WarmUp()
    {
        if (First < 0 && Last > 0)
        {
            Add($"<rect class=\"warm\" x=\"{Left}\" y=\"{Top}\" width=\"{X(0) - Left:0.#}\" ");
            Add($"height=\"{Height - Top - Bottom}\"/><text x=\"{Left + 4}\" y=\"{Top + 12}\">warm-up</text>");
        }
    }

    // A band around each place, so that the mouse need not meet the line.
    private void Hits()
    {
        for (int i = 0; i < At.Count; i++)
        {
            double from = i == 0 ? X(At[0]) : (X(At[i - 1]) + X(At[i])) / 2;
            double to = i == At.Count - 1 ? X(At[i]) : (X(At[i]) + X(At[i + 1])) / 2;
            string values = string.Join('\n', Lines.Select(line => double.IsFinite(line.Values[i])
                ? $"{line.Name}: {Scale.Show(line.Values[i])} {Unit}"
                : $"{line.Name}: none"));
            Add($"<rect class=\"hit\" x=\"{from:0.#}\" y=\"{Top}\" width=\"{Math.Max(0.5, to - from):0.#}\" ");
            Add($"height=\"{Height - Top - Bottom}\"><title>{Encode(ShowAt(At[i]) + '\n' + values)}</title></rect>");
        }
    }

    private string PathOf(Series line, double top)
    {
        var path = new StringBuilder();
        bool isBroken = true;
        for (int i = 0; i < At.Count; i++)
        {
            if (double.IsFinite(line.Values[i]))
            {
                path.Append(
                    CultureInfo.InvariantCulture,
                    $"{(isBroken ? 'M' : 'L')}{X(At[i]):0.#} {Y(line.Values[i], top):0.#}");
            }

            isBroken = !double.IsFinite(line.Values[i]);
        }

        return path.ToString();
    }

    private double X(double at) => Left + ((at - First) / (Last - First) * (Width - Left - Right));

    private static double Y(double value, double top) =>
        Height - Bottom - (value / Math.Max(top, 1e-9) * (Height - Top - Bottom));

    private void Add(FormattableString text) => _html.Append(text.ToString(CultureInfo.InvariantCulture));

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}
