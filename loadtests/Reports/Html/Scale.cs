using System.Globalization;

namespace Realtime.Loadtests.Reports.Html;

/// <summary>Round numbers along an axis.</summary>
internal static class Scale
{
    private static readonly double[] Steps = [1, 2, 2.5, 5, 10];

    /// <summary>Ticks from a number on up to the first that holds <paramref name="max"/>, about so many.</summary>
    public static IReadOnlyList<double> Ticks(double min, double max, int about)
    {
        double span = max - min;
        if (span <= 0 || !double.IsFinite(span))
        {
            return [min, min + 1];
        }

        double power = Math.Pow(10, Math.Floor(Math.Log10(span / about)));
        double step = Steps.Select(one => one * power).First(one => span / one <= about + 0.001 || one == 10 * power);
        double first = Math.Floor(min / step) * step;
        int count = (int)Math.Ceiling((max - first) / step - 1e-9);
        return [.. Enumerable.Range(0, Math.Max(1, count) + 1).Select(i => first + (i * step))];
    }

    /// <summary>A number in few characters.</summary>
    public static string Show(double value)
    {
        double size = Math.Abs(value);
        return size >= 1e6 ? Text(value / 1e6, "0.##M")
            : size >= 10_000 ? Text(value / 1e3, "0.#k")
            : size >= 100 || value == Math.Round(value) ? Text(value, "0")
            : Text(value, size >= 10 ? "0.#" : size >= 1 ? "0.##" : "0.###");
    }

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
