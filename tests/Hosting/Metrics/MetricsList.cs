using Realtime.Tests.Support;

namespace Realtime.Tests.Hosting.Metrics;

/// <summary>The checked-in list of all metrics, which dashboards, alerts and documents are held against.</summary>
internal sealed class MetricsList
{
    public const string Heading =
        "# Every metric of every process: name | type | unit | labels | process | meaning."
        + " Written by MetricsListTests.";

    private readonly Dictionary<string, ListedMetric> _metrics;

    private MetricsList(IEnumerable<ListedMetric> metrics) =>
        _metrics = metrics.ToDictionary(static one => one.Name, StringComparer.Ordinal);

    public static string Path { get; } = System.IO.Path.Combine(Repository.Root, "infra", "metrics.txt");

    public IReadOnlyCollection<ListedMetric> All => _metrics.Values;

    public static MetricsList Read() => new(File.ReadLines(Path).Skip(1).Select(ListedMetric.Parse));

    /// <summary>Whether it is a metric's name, or that of a histogram's samples.</summary>
    public bool Knows(string name) => _metrics.ContainsKey(name)
        || ((string[])["_bucket", "_sum", "_count"]).Any(suffix => name.EndsWith(suffix, StringComparison.Ordinal)
            && _metrics.GetValueOrDefault(name[..^suffix.Length]) is { Type: "histogram" });

    /// <summary>Fails if a page has what the list has not: a metric, a type, a label.</summary>
    public void CheckKnows(MetricsPage page)
    {
        foreach ((string name, string type) in page.Types)
        {
            Assert.True(_metrics.TryGetValue(name, out ListedMetric? listed), $"{name} is not in infra/metrics.txt.");
            Assert.Equal((name, listed.Type), (name, type));
            Assert.Empty(page.LabelsOf(name).Except(listed.Labels).Except(["otel_metric_overflow"]));
        }
    }
}
