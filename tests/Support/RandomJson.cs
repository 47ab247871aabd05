using System.Globalization;

namespace Realtime.Tests.Support;

/// <summary>Random JSON in the form our own writer gives it, so that a round trip can be compared as text.</summary>
internal static class RandomJson
{
    private static readonly string[] Texts =
        ["", "a", "b.c", "ä€", "\\\"", "\\\\", "\\n", "\\u0001", "<&>'", "0123456789012345678901234567890123456789"];

    public static string Next(Random random, int depth) => random.Next(depth > 0 ? 9 : 7) switch
    {
        0 => "null",
        1 => random.Next(2) == 0 ? "true" : "false",
        2 => random.Next(-200, 70_000).ToString(CultureInfo.InvariantCulture),
        3 => random.NextInt64(long.MinValue, long.MaxValue).ToString(CultureInfo.InvariantCulture),
        4 => ((ulong)random.NextInt64() + (ulong)long.MaxValue).ToString(CultureInfo.InvariantCulture),
        5 => (random.Next(1, 1_000_000) + 0.5).ToString(CultureInfo.InvariantCulture),
        6 => Text(random),
        7 => "[" + Join(random, () => Next(random, depth - 1)) + "]",
        _ => "{" + Join(random, () => Text(random) + ":" + Next(random, depth - 1)) + "}",
    };

    private static string Join(Random random, Func<string> item) =>
        string.Join(',', Enumerable.Range(0, random.Next(20)).Select(_ => item()));

    private static string Text(Random random) =>
        "\"" + Texts[random.Next(Texts.Length)] + Texts[random.Next(Texts.Length)] + "\"";
}
