namespace Realtime.Loadtests.Results;

/// <summary>One measured number.</summary>
/// <param name="Name">Its name in reports and thresholds, unit last.</param>
/// <param name="Value">The number.</param>
/// <param name="Aggregation">How those of several runs become one.</param>
internal readonly record struct Figure(string Name, double Value, Aggregation Aggregation = Aggregation.Median);
