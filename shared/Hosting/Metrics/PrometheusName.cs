using OpenTelemetry.Metrics;

namespace Realtime.Hosting.Metrics;

/// <summary>
/// Names as Prometheus has them. Ours are so already; those of the runtime (<c>dotnet.gc.collections</c>, unit
/// <c>{collection}</c>) become <c>dotnet_gc_collections_total</c>.
/// </summary>
internal static class PrometheusName
{
    // `_count` belongs to histograms: promtool says so of gauges.
    private const string Count = "_count";

    /// <summary>A metric's name: its unit in it, <c>_total</c> behind what only grows.</summary>
    public static string Of(string name, string unit, MetricType type)
    {
        bool isCounter = type is MetricType.LongSum or MetricType.DoubleSum;
        string made = Clean(name);
        if (isCounter && made.EndsWith("_total", StringComparison.Ordinal))
        {
            made = made[..^"_total".Length];
        }

        if (UnitOf(unit, type) is { } word && !made.Split('_').Contains(word))
        {
            made = $"{made}_{word}";
        }

        if (isCounter)
        {
            return made + "_total";
        }

        return made.EndsWith(Count, StringComparison.Ordinal) ? made[..^Count.Length] : made;
    }

    /// <summary>A name of the letters, digits and underscores that Prometheus takes.</summary>
    public static string Clean(string name)
    {
        string made = string.Concat(name.Select(static c => char.IsAsciiLetterOrDigit(c) ? c : '_'));
        return made.Length == 0 || char.IsAsciiDigit(made[0]) ? "_" + made : made;
    }

    // What stands in braces says what is counted; it is no unit.
    private static string? UnitOf(string unit, MetricType type) => unit switch
    {
        "s" => "seconds",
        "ms" => "milliseconds",
        "By" => "bytes",
        "1" when type is MetricType.LongGauge or MetricType.DoubleGauge => "ratio",
        _ => null,
    };
}
