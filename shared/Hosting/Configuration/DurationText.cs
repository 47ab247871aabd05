using System.Globalization;

namespace Realtime.Hosting.Configuration;

/// <summary>
/// Durations in configuration and queries: a whole number and a unit, such as <c>500ms</c>, <c>10s</c>, <c>2m</c>,
/// <c>24h</c>.
/// </summary>
public static class DurationText
{
    /// <summary>The rule in words, for error messages.</summary>
    public const string Rule = "a duration: a whole number and ms, s, m or h, such as 500ms or 10s";

    /// <summary>Ten years: more is a mistake, and the arithmetic of clocks stays far from overflow.</summary>
    private const long MillisecondsMax = 10L * 366 * 24 * 3_600_000;

    private static readonly (string Unit, long Milliseconds)[] Units =
        [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000)];

    /// <summary>Reads a duration; false if the text is not exactly of the form, or is longer than ten years.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out TimeSpan duration)
    {
        int digits = text.IndexOfAnyExceptInRange('0', '9');
        duration = default;
        if (digits <= 0
            || !long.TryParse(text[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out long number))
        {
            return false;
        }

        foreach ((string unit, long milliseconds) in Units)
        {
            if (text[digits..].SequenceEqual(unit) && number <= MillisecondsMax / milliseconds)
            {
                duration = TimeSpan.FromMilliseconds(number * milliseconds);
                return true;
            }
        }

        return false;
    }

    /// <summary>The shortest exact text of whole milliseconds: <c>90s</c>, <c>2m</c>, <c>1500ms</c>.</summary>
    public static string Format(TimeSpan duration)
    {
        long total = (long)duration.TotalMilliseconds;
        if (total == 0)
        {
            return "0s";
        }

        (string unit, long milliseconds) = Units.Last(candidate => total % candidate.Milliseconds == 0);
        return string.Create(CultureInfo.InvariantCulture, $"{total / milliseconds}{unit}");
    }

    /// <summary>Reads a duration that stands in code.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    internal static TimeSpan Parse(string text) =>
        TryParse(text, out TimeSpan duration) ? duration : throw new FormatException($"'{text}' is not {Rule}.");
}
