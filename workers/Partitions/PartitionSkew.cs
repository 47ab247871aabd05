using Realtime.Log;

namespace Realtime.Workers.Partitions;

/// <summary>How unevenly events lie in the partitions.</summary>
internal static class PartitionSkew
{
    /// <summary>The largest partition's entries by the mean; null if there are none.</summary>
    public static double? Of(IReadOnlyCollection<PartitionReport> reports)
    {
        double mean = MeanOf(reports);
        return mean == 0 ? null : Math.Round(reports.Max(static one => one.Entries) / mean, 3);
    }

    /// <summary>Entries of a partition in the mean.</summary>
    public static double MeanOf(IReadOnlyCollection<PartitionReport> reports) =>
        reports.Count == 0 ? 0 : reports.Average(static one => one.Entries);
}
