using System.Globalization;

namespace Realtime.Hosting.Configuration;

/// <summary>
/// Sizes in configuration: bytes as a whole number, or with a unit of 1,024: <c>64KiB</c>, <c>16MiB</c>, <c>1GiB</c>.
/// </summary>
public static class SizeText
{
    private static readonly (string Unit, int Shift)[] Units =
        [("TiB", 40), ("GiB", 30), ("MiB", 20), ("KiB", 10), ("B", 0), ("", 0)];

    /// <summary>Reads a size; false if the text is not exactly of the form, or does not fit in 63 bits.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out long bytes)
    {
        int end = text.IndexOfAnyExceptInRange('0', '9');
        int digits = end < 0 ? text.Length : end;
        bytes = 0;
        if (!long.TryParse(text[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out long number))
        {
            return false;
        }

        foreach ((string unit, int shift) in Units)
        {
            if (text[digits..].SequenceEqual(unit) && number <= long.MaxValue >> shift)
            {
                bytes = number << shift;
                return true;
            }
        }

        return false;
    }

    /// <summary>The shortest exact text: <c>64KiB</c>, <c>1000</c>.</summary>
    public static string Format(long bytes)
    {
        (string unit, int shift) = bytes == 0
            ? Units[^1]
            : Units.First(candidate => candidate.Unit != "B" && bytes % (1L << candidate.Shift) == 0);
        return string.Create(CultureInfo.InvariantCulture, $"{bytes >> shift}{unit}");
    }
}
