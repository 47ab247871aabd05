using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Realtime.Log.Redis;

/// <summary>
/// Which streams are meant: the number of partitions, and how often the log was repartitioned before. The keys of two
/// generations are never the same, so one can be made while the other serves.
/// </summary>
internal readonly record struct RedisGeneration(int Partitions, int Number = 0)
{
    /// <summary>Reads <c>16</c> or, after repartitions, <c>7.1</c>.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out RedisGeneration? generation)
    {
        string[] parts = text.Split('.');
        int number = 0;
        generation = parts.Length is 1 or 2
            && TryRead(parts[0], out int partitions)
            && (parts.Length == 1 || TryRead(parts[1], out number))
            && partitions is >= 1 and <= 1024
            ? new RedisGeneration(partitions, number)
            : null;
        return generation is not null;
    }

    /// <inheritdoc/>
    public override string ToString() => Number == 0
        ? Partitions.ToString(CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{Partitions}.{Number}");

    private static bool TryRead(string text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
