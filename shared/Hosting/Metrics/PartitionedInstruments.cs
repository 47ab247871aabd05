namespace Realtime.Hosting.Metrics;

/// <summary>
/// Registered as a singleton by who has instruments with a label <c>partition</c>: such a metric has a series for each,
/// however many other metrics may have.
/// </summary>
/// <param name="Partitions">How many partitions there are.</param>
public sealed record PartitionedInstruments(int Partitions);
