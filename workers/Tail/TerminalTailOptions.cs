using System.ComponentModel.DataAnnotations;
using Realtime.Hosting.Configuration;

namespace Realtime.Workers.Tail;

/// <summary>How this worker cuts terminals into batches, and how much of them it keeps in memory.</summary>
internal sealed record TerminalTailOptions
{
    public const string Section = "event_plane:terminal_tail";

    /// <summary>
    /// Least time between two batches of one terminal, unless 32 KiB wait; default 16 ms, 1 ms to 1 s. The first after
    /// a pause as long is cut at once.
    /// </summary>
    [ConfigurationKeyName("batch_interval")]
    [DurationRange("1ms", "1s")]
    public TimeSpan BatchInterval { get; init; } = TimeSpan.FromMilliseconds(16);

    /// <summary>
    /// So many viewers of one terminal at this worker are a crowd: its batches come at
    /// <see cref="CrowdBatchInterval"/>; default 100, 1 to 1,000,000.
    /// </summary>
    [ConfigurationKeyName("crowd_viewers")]
    [Range(1, 1_000_000)]
    public int CrowdViewers { get; init; } = 100;

    /// <summary>
    /// The same as <c>batch_interval</c> for a crowd, if it is longer: each batch costs the worker and the edge a turn
    /// for each viewer; default 33 ms, 1 ms to 1 s.
    /// </summary>
    [ConfigurationKeyName("crowd_batch_interval")]
    [DurationRange("1ms", "1s")]
    public TimeSpan CrowdBatchInterval { get; init; } = TimeSpan.FromMilliseconds(33);

    /// <summary>
    /// Bytes of one terminal kept in memory for all its viewers, with what was made of them (compressed, encoded);
    /// default 1 MiB, 64 KiB to 1 GiB.
    /// </summary>
    [ConfigurationKeyName("recent_bytes")]
    [Range(64 * 1024, 1024 * 1024 * 1024)]
    public int RecentBytesMax { get; init; } = 1024 * 1024;

    /// <summary>The same for all terminals of this worker together; default 128 MiB, 1 MiB to 1 GiB.</summary>
    [ConfigurationKeyName("recent_bytes_total")]
    [Range(1024 * 1024, 1024 * 1024 * 1024)]
    public int RecentBytesTotalMax { get; init; } = 128 * 1024 * 1024;

    /// <summary>
    /// Reads of terminals' history under way at once in this worker, of up to 256 KiB each; default 16, 1 to 1,024.
    /// More wait. 16 are 4 MiB: more than a link of 10 Gbit/s carries in 3 ms, and all that an append waits behind.
    /// </summary>
    [ConfigurationKeyName("history_reads")]
    [Range(1, 1024)]
    public int HistoryReadsMax { get; init; } = 16;

    /// <summary>Least time between two batches of a terminal with so many viewers.</summary>
    public TimeSpan IntervalFor(int viewers) =>
        viewers >= CrowdViewers && CrowdBatchInterval > BatchInterval ? CrowdBatchInterval : BatchInterval;
}
