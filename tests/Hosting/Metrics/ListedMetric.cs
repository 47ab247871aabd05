namespace Realtime.Tests.Hosting.Metrics;

/// <summary>A line of <c>infra/metrics.txt</c>.</summary>
/// <param name="Name">As Prometheus has it.</param>
/// <param name="Type">Counter, gauge or histogram.</param>
/// <param name="Unit">The unit, or what is counted.</param>
/// <param name="Labels">Names of labels.</param>
/// <param name="Processes">Which processes show it.</param>
/// <param name="Meaning">What it says.</param>
internal sealed record ListedMetric(
    string Name, string Type, string Unit, string[] Labels, string[] Processes, string Meaning)
{
    public override string ToString() => string.Join(
        " | ", Name, Type, Unit, Labels.Length == 0 ? "-" : string.Join(", ", Labels), string.Join(", ", Processes),
        Meaning);

    public static ListedMetric Parse(string line)
    {
        string[] parts = line.Split(" | ");
        return new(
            parts[0], parts[1], parts[2], parts[3] == "-" ? [] : parts[3].Split(", "), parts[4].Split(", "), parts[5]);
    }
}
