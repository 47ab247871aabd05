using System.Globalization;

namespace Realtime.Cli.Arguments;

/// <summary>Durations as they are written everywhere here: <c>500ms</c>, <c>10s</c>, <c>2m</c>, <c>1h</c>.</summary>
internal static class DurationText
{
    public const string Rule = "a duration such as 500ms, 10s, 2m or 1h";

    private static readonly TimeSpan LengthMax = TimeSpan.FromHours(1000);

    // Longest first when written; "ms" before "s" and "m" when read, since both end it.
    private static readonly (string Unit, TimeSpan Length)[] Units =
    [
        ("ms", TimeSpan.FromMilliseconds(1)), ("s", TimeSpan.FromSeconds(1)), ("m", TimeSpan.FromMinutes(1)),
        ("h", TimeSpan.FromHours(1)),
    ];

    /// <summary>Reads one, of at most a thousand hours.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        (string unit, TimeSpan length) = Units.FirstOrDefault(
            one => text.EndsWith(one.Unit, StringComparison.Ordinal), (Unit: string.Empty, Length: TimeSpan.Zero));
        if (!int.TryParse(text[..^unit.Length], NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            || length == TimeSpan.Zero || number > LengthMax / length)
        {
            return false;
        }

        duration = number * length;
        return true;
    }

    /// <summary>Writes one.</summary>
    public static string Format(TimeSpan duration)
    {
        (string unit, TimeSpan length) = Units.Last(
            one => one.Unit == "ms" || (duration >= one.Length && duration.Ticks % one.Length.Ticks == 0));
        return string.Create(CultureInfo.InvariantCulture, $"{duration / length:0}{unit}");
    }
}
