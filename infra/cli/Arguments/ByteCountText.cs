using System.Globalization;

namespace Realtime.Cli.Arguments;

/// <summary>Numbers of bytes: <c>4096</c>, <c>64KiB</c>, <c>64MiB</c>, <c>1GiB</c>.</summary>
internal static class ByteCountText
{
    public const string Rule = "a number of bytes such as 65536, 512KiB, 64MiB or 1GiB";

    private static readonly (string Unit, long Bytes)[] Units =
        [("KiB", 1024), ("MiB", 1024 * 1024), ("GiB", 1024 * 1024 * 1024)];

    /// <summary>Reads one.</summary>
    public static bool TryParse(string text, out long bytes)
    {
        (string unit, long scale) = Units.FirstOrDefault(
            one => text.EndsWith(one.Unit, StringComparison.Ordinal), (Unit: string.Empty, Bytes: 1L));
        bool isValid = long.TryParse(
            text[..^unit.Length], NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            && number <= long.MaxValue / scale;
        bytes = isValid ? number * scale : 0;
        return isValid;
    }

    /// <summary>Writes one for people: <c>12.3 MiB</c>.</summary>
    public static string Format(long bytes)
    {
        (string unit, long scale) = Units.LastOrDefault(one => bytes >= one.Bytes, (Unit: "bytes", Bytes: 1L));
        return string.Create(CultureInfo.InvariantCulture, $"{(double)bytes / scale:0.#} {unit}");
    }
}
