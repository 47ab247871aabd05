using System.Globalization;

namespace Realtime.Loadtests.Results;

/// <summary>A limit that a figure must keep; else the run has failed. As text: <c>latency_p99_ms&lt;=50</c>.</summary>
/// <param name="Figure">Whose.</param>
/// <param name="Limit">The number.</param>
/// <param name="IsLeast">Whether the figure must be at least the limit; else at most.</param>
internal sealed record Threshold(string Figure, double Limit, bool IsLeast = false)
{
    /// <summary>The rule in words.</summary>
    public const string Rule = "FIGURE<=NUMBER, such as latency_p99_ms<=50, or FIGURE>=NUMBER";

    private const string Most = "<=";
    private const string Least = ">=";

    /// <summary>Reads one.</summary>
    public static bool TryParse(string text, out Threshold? threshold)
    {
        threshold = null;
        int at = text.IndexOf('=', StringComparison.Ordinal) - 1;
        if (at > 0 && text[at..(at + 2)] is Most or Least && double.TryParse(
            text.AsSpan(at + Most.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture,
            out double limit))
        {
            threshold = new Threshold(text[..at].Trim(), limit, text[at] == Least[0]);
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

    /// <summary>Whether a value keeps it; what is no number does not.</summary>
    public bool IsKeptBy(double value) => IsLeast ? value >= Limit : value <= Limit;

    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Figure}{(IsLeast ? Least : Most)}{Limit}");
}
