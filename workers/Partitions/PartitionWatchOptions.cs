using System.ComponentModel.DataAnnotations;
using Realtime.Hosting.Configuration;

namespace Realtime.Workers.Partitions;

/// <summary>How the partitions of the log are looked at.</summary>
internal sealed record PartitionWatchOptions
{
    /// <summary>Where it stands in the configuration.</summary>
    public const string Section = "telemetry:partitions";

    /// <summary>
    /// How often each ingest worker looks at all partitions (5 s to 10 min; default 30 s); less often where looking
    /// takes longer than a twentieth of that.
    /// </summary>
    [ConfigurationKeyName("interval"), DurationRange("5s", "10m")]
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// By how many percent the largest partition may be above their mean before that is warned of (1 to 10,000;
    /// default 20).
    /// </summary>
    [ConfigurationKeyName("skew_warning_percent"), Range(1, 10_000)]
    public int SkewWarningPercent { get; init; } = 20;

    /// <summary>
    /// Entries that the partitions must hold in the mean before their skew is judged (0 to 1,000,000; default 1,000):
    /// a handful is never even.
    /// </summary>
    [ConfigurationKeyName("skew_entries_min"), Range(0, 1_000_000)]
    public int SkewEntriesMin { get; init; } = 1000;
}
