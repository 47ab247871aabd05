namespace Realtime.Log;

/// <summary>Limits that are part of the log's contract, the same for every implementation.</summary>
public static class LogLimits
{
    /// <summary>A reader counts for pressure this long after its last report, by the log's clock.</summary>
    public static readonly TimeSpan ReaderLife = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Most ids that <see cref="IPartitionedLog.RenewEpochAsync"/> looks at: the last ones of its list.
    /// </summary>
    public const int RecentIdsMax = 1024;

    /// <summary>Most streams of a partition that <see cref="IPartitionedLog.DescribeAsync"/> looks at.</summary>
    public const int DescribedStreamsMax = 1024;

    /// <summary>Most entries one read may ask for.</summary>
    public const int ReadEntriesMax = 10_000;

    /// <summary>Most envelope bytes one read may ask for: 1 MiB.</summary>
    public const int ReadBytesMax = 1024 * 1024;

    /// <summary>Most bytes of one terminal append: 1 MiB.</summary>
    public const int TerminalAppendBytesMax = 1024 * 1024;

    /// <summary>
    /// The offset after the last byte that a terminal can have, 2^53 - 1: what doubles hold exactly, in Redis' scripts
    /// and in viewers' JavaScript.
    /// </summary>
    public const long TerminalEndMax = (1L << 53) - 1;

    /// <summary>The highest offset that an append may name, so that all of its bytes can have theirs.</summary>
    public const long TerminalOffsetMax = TerminalEndMax - TerminalAppendBytesMax;

    /// <summary>Most bytes of one stored chunk of a terminal: 32 KiB.</summary>
    public const int TerminalChunkBytesMax = 32 * 1024;

    /// <summary>Most pieces that one read of a terminal returns: their number costs, however small they are.</summary>
    public const int TerminalReadChunksMax = 2048;

    /// <summary>Most columns of a terminal.</summary>
    public const int TerminalColumnsMax = 1000;

    /// <summary>Most rows of a terminal.</summary>
    public const int TerminalRowsMax = 1000;

    /// <summary>
    /// Most resizes kept of one terminal, about 120 bytes each in Redis 7.0. Beyond it the oldest one stays, which is
    /// the size at the start, and the one after it goes.
    /// </summary>
    public const int TerminalSizesMax = 4096;

    /// <summary>
    /// The exit code of a terminal that nobody ended and that the sweep ended after idling: no program returns it.
    /// </summary>
    public const int IdleExitCode = -1;

    /// <summary>
    /// Of as many producers that had a terminal before its present one the life is known, so that an earlier one of
    /// them is refused.
    /// </summary>
    public const int FormerClaimsMax = 8;

    /// <summary>The exit code of a terminal that the log ended because the lease on its task was lost.</summary>
    public const int LostExitCode = -1;

    /// <summary>
    /// Without a sweep of a partition's leases for so long, all of them get a new term: holders may have tried to
    /// renew in vain.
    /// </summary>
    public static readonly TimeSpan LeaseSweepSilence = TimeSpan.FromSeconds(3);
}
