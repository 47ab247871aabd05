using System.Globalization;
using System.Text.RegularExpressions;

namespace Realtime.Tests.Hosting.Metrics;

/// <summary>
/// A page of <c>/metrics</c>, read strictly: whatever a reader of Prometheus' text could stumble over fails the test.
/// </summary>
internal sealed partial class MetricsPage
{
    private readonly Dictionary<string, string> _types = new(StringComparer.Ordinal);
    private readonly Dictionary<string, double> _samples = new(StringComparer.Ordinal);

    private MetricsPage(string text)
    {
        Text = text;
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        string? helped = null;
        string? family = null;
        foreach (string line in text[..^1].Split('\n'))
        {
            if (Help().Match(line) is { Success: true } help)
            {
                helped = help.Groups["name"].Value;
                Assert.NotEmpty(help.Groups["text"].Value);
            }
            else if (Type().Match(line) is { Success: true } type)
            {
                family = type.Groups["name"].Value;
                Assert.Equal(helped, family);
                Assert.True(_types.TryAdd(family, type.Groups["type"].Value), $"{family} stands there twice.");
            }
            else
            {
                Match sample = Sample().Match(line);
                Assert.True(sample.Success, $"No line of metrics: {line}");
                Assert.Equal(family, FamilyOf(sample.Groups["name"].Value, family!));
                double value = double.Parse(
                    sample.Groups["value"].Value.Replace("Inf", "\u221e", StringComparison.Ordinal),
                    CultureInfo.InvariantCulture);
                Assert.True(_samples.TryAdd(line[..line.LastIndexOf(' ')], value), $"A series twice: {line}");
            }
        }

        Assert.All(_types, CheckFamily);
    }

    public string Text { get; }

    /// <summary>The type of each metric.</summary>
    public IReadOnlyDictionary<string, string> Types => _types;

    /// <summary>The series, each as it stands before its value.</summary>
    public IReadOnlyCollection<string> Series => _samples.Keys;

    /// <summary>A series' value, by its name and labels as they stand there; 0 if there is none.</summary>
    public double this[string series] => _samples.GetValueOrDefault(series);

    public static MetricsPage Read(string text) => new(text);

    /// <summary>The names of the labels that any series of a metric has.</summary>
    public IReadOnlyCollection<string> LabelsOf(string family) =>
    [
        .. _samples.Keys
            .Where(series => FamilyOf(series.Split('{')[0], family) == family)
            .SelectMany(static series => Label().Matches(series).Select(static one => one.Groups["name"].Value))
            .Where(static name => name != "le").Distinct(),
    ];

    private void CheckFamily(KeyValuePair<string, string> family)
    {
        (string name, string type) = family;
        Assert.Equal(type == "counter", name.EndsWith("_total", StringComparison.Ordinal));
        if (type == "histogram")
        {
            CheckHistogram(name);
        }
    }

    private void CheckHistogram(string name)
    {
        var groups = _samples.Where(sample => sample.Key.StartsWith(name + "_bucket", StringComparison.Ordinal))
            .GroupBy(static sample => Bound().Replace(sample.Key, string.Empty).Replace("{}", string.Empty));
        foreach (var buckets in groups)
        {
            double[] counts = [.. buckets.Select(static one => one.Value)];
            Assert.Equal(counts.Order(), counts);
            Assert.Contains("le=\"+Inf\"", buckets.Last().Key, StringComparison.Ordinal);
            Assert.Equal(counts[^1], _samples[buckets.Key.Replace("_bucket", "_count")]);
            Assert.Contains(buckets.Key.Replace("_bucket", "_sum"), _samples.Keys);
        }
    }

    private string FamilyOf(string name, string family) =>
        _types.GetValueOrDefault(family) == "histogram" && name.StartsWith(family, StringComparison.Ordinal)
            && name[family.Length..] is "_bucket" or "_sum" or "_count"
            ? family
            : name;

    [GeneratedRegex(@"^# HELP (?<name>[a-z_][a-z0-9_]*) (?<text>.+)$")]
    private static partial Regex Help();

    [GeneratedRegex(@"^# TYPE (?<name>[a-z_][a-z0-9_]*) (?<type>counter|gauge|histogram)$")]
    private static partial Regex Type();

    [GeneratedRegex(
        @"^(?<name>[a-z_][a-z0-9_]*)(\{([,]?[a-z_][a-z0-9_]*=""(\\[\\n""]|[^\\""\n])*"")+\})?"
        + @" (?<value>[+-]?(Inf|[0-9.]+(E[+-]?[0-9]+)?)|NaN)$")]
    private static partial Regex Sample();

    [GeneratedRegex(@"[{,](?<name>[a-z_][a-z0-9_]*)=""(\\.|[^\\""])*""")]
    private static partial Regex Label();

    [GeneratedRegex(@",?le=""[^""]*""")]
    private static partial Regex Bound();
}
