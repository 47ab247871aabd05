using System.Collections.Frozen;
using OpenTelemetry.Metrics;

namespace Realtime.Hosting.Metrics;

/// <summary>
/// Names as Prometheus has them. Ours are so already; those of the runtime (<c>dotnet.gc.collections</c>, unit
/// <c>{collection}</c>) become <c>dotnet_gc_collections_total</c>.
/// </summary>
internal static class PrometheusName
{
    // `_count` belongs to histograms, as promtool says of gauges; and the runtime tells two things as counters that
    // fall as well as rise.
    private static readonly FrozenDictionary<string, string> Gauges = new Dictionary<string, string>
    {
        ["dotnet.assembly.count"] = "dotnet_assemblies",
        ["dotnet.process.cpu.count"] = "dotnet_process_cpus",
        ["dotnet.thread_pool.queue.length"] = "dotnet_thread_pool_queue_length",
        ["dotnet.thread_pool.thread.count"] = "dotnet_thread_pool_threads",
        ["dotnet.timer.count"] = "dotnet_timers",
    }.ToFrozenDictionary();

    /// <summary>What it is to Prometheus; null for what has no form there.</summary>
    public static string? TypeOf(string name, MetricType type) => type switch
    {
        _ when Gauges.ContainsKey(name) => "gauge",
        MetricType.LongSum or MetricType.DoubleSum => "counter",
        MetricType.Histogram => "histogram",
        MetricType.ExponentialHistogram => null, // Nothing here makes one.
        _ => "gauge",
    };

    /// <summary>A metric's name: its unit in it, <c>_total</c> behind what only grows.</summary>
    public static string Of(string name, string unit, MetricType type)
    {
        if (Gauges.TryGetValue(name, out string? known))
        {
            return known;
        }

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

        return isCounter ? made + "_total" : made;
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
