namespace Realtime.Log.Redis;

/// <summary>
/// What <c>rt:layout</c> holds. <c>16</c>: sixteen partitions are in force. <c>16&gt;7.1</c>: they still are, but
/// sealed, and are being copied to seven. <c>7.1&lt;16</c>: the seven are in force, and what is left of the sixteen is
/// being removed. One key, so each step of a repartition is one compare-and-set.
/// </summary>
/// <param name="InForce">The streams that count.</param>
/// <param name="Target">Those that are being made, if any.</param>
/// <param name="Leftover">Those that are being removed, if any.</param>
internal readonly record struct RedisLayout(
    RedisGeneration InForce, RedisGeneration? Target = null, RedisGeneration? Leftover = null)
{
    private const char Copying = '>';
    private const char Removing = '<';

    /// <summary>Reads it; false if it is none of the three forms.</summary>
    public static bool TryParse(string? text, out RedisLayout layout)
    {
        layout = default;
        string[] parts = (text ?? string.Empty).Split(Copying, Removing);
        if (!RedisGeneration.TryParse(parts[0], out RedisGeneration? inForce) || parts.Length > 2)
        {
            return false;
        }

        RedisGeneration? other = null;
        if (parts.Length == 2 && !RedisGeneration.TryParse(parts[1], out other))
        {
            return false;
        }

        bool copying = text!.Contains(Copying, StringComparison.Ordinal);
        layout = new RedisLayout(inForce.Value, copying ? other : null, copying ? null : other);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() =>
        Target is { } target ? $"{InForce}{Copying}{target}"
        : Leftover is { } leftover ? $"{InForce}{Removing}{leftover}"
        : InForce.ToString();
}
