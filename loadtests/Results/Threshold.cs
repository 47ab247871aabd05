using System.Globalization;

namespace Realtime.Loadtests.Results;

/// <summary>A limit that a figure must keep; else the run has failed. As text: <c>latency_p99_ms&lt;=50</c>.</summary>
internal sealed record Threshold(string Figure, double Limit)
{
    /// <summary>The rule in words.</summary>
    public const string Rule = "FIGURE<=NUMBER, such as latency_p99_ms<=50";

    private const string Operator = "<=";

    /// <summary>Reads one.</summary>
    public static bool TryParse(string text, out Threshold? threshold)
    {
        threshold = null;
        int at = text.IndexOf(Operator, StringComparison.Ordinal);
        if (at > 0 && double.TryParse(
            text.AsSpan(at + Operator.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture,
            out double limit))
        {
            threshold = new Threshold(text[..at].Trim(), limit);
        }

        return threshold is not null;
    }

    /// <summary>
    /// The defaults, each replaced by a given one of the same figure; then the given ones of other figures.
    /// </summary>
    public static IReadOnlyList<Threshold> Merge(IReadOnlyList<Threshold> defaults, IReadOnlyList<Threshold> given) =>
    [
        .. defaults.Select(threshold => given.LastOrDefault(other => other.Figure == threshold.Figure) ?? threshold),
        .. given.Where(threshold => defaults.All(other => other.Figure != threshold.Figure)),
    ];

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Figure}{Operator}{Limit}");
}
