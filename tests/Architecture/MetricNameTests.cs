using System.Text.RegularExpressions;
using Realtime.Tests.Support;

namespace Realtime.Tests.Architecture;

/// <summary>
/// One style of names for all meters, that of Prometheus: words with underscores, <c>_total</c> for what only grows,
/// the unit in the name.
/// </summary>
public sealed partial class MetricNameTests
{
    [Fact]
    public void Instruments_are_named_in_one_style()
    {
        var wrong = new List<string>();
        int found = 0;
        foreach (string folder in (string[])["shared", "edge", "workers", "infra"])
        {
            foreach (string file in Directory.EnumerateFiles(
                Path.Combine(Repository.Root, folder), "*Metrics.cs", SearchOption.AllDirectories))
            {
                foreach (Match made in Instrument().Matches(File.ReadAllText(file)))
                {
                    found++;
                    string name = made.Groups["name"].Value;
                    bool isRight = Name().IsMatch(name)
                        && name.EndsWith("_total", StringComparison.Ordinal) == (made.Groups["kind"].Value == "Counter")
                        && made.Groups["unit"].Value switch
                        {
                            "By" => name.Contains("_bytes", StringComparison.Ordinal),
                            "s" => name.EndsWith("_seconds", StringComparison.Ordinal)
                                || name.EndsWith("_seconds_total", StringComparison.Ordinal),
                            _ => true,
                        };
                    if (!isRight)
                    {
                        wrong.Add($"{Path.GetFileName(file)}: {made.Groups["kind"].Value} {name}");
                    }
                }
            }
        }

        Assert.True(found > 30, $"Only {found} instruments were found.");
        Assert.Empty(wrong);
    }

    [GeneratedRegex(
        @"Create(Observable)?(?<kind>Counter|UpDownCounter|Histogram|Gauge)"
        + @"(<\w+>)?\(\s*""(?<name>[^""]+)"",[^""]*""(?<unit>[^""]+)""")]
    private static partial Regex Instrument();

    [GeneratedRegex("^(realtime|process)(_[a-z]+)+$")]
    private static partial Regex Name();
}
