using System.ComponentModel.DataAnnotations;
using Realtime.Hosting.Configuration;

namespace Realtime.Workers.Delivery;

/// <summary>How events and terminal bytes go from this worker to its connections.</summary>
internal sealed record DeliveryOptions
{
    public const string Section = "connection_plane:delivery";

    /// <summary>Events that wait in one connection's ring, at most; default 512, 16 to 65,536.</summary>
    [ConfigurationKeyName("ring_events")]
    [Range(16, 65_536)]
    public int RingEventsMax { get; init; } = 512;

    /// <summary>Messages of its own that wait for one connection, at most; default 128, 8 to 4,096. Then its requests
    /// wait.</summary>
    [ConfigurationKeyName("control_messages")]
    [Range(8, 4096)]
    public int ControlMessagesMax { get; init; } = 128;

    /// <summary>
    /// Bytes of one catch-up step, before other lanes have their turn, at most: less where the link takes less in
    /// <see cref="BulkDelay"/>; default 32 KiB, 1 KiB to 1 MiB.
    /// </summary>
    [ConfigurationKeyName("catch_up_step_bytes")]
    [Range(1024, 1024 * 1024)]
    public int CatchUpStepBytes { get; init; } = 32 * 1024;

    /// <summary>Entries looked at in one catch-up step; default 256, 1 to 10,000.</summary>
    [ConfigurationKeyName("catch_up_step_entries")]
    [Range(1, 10_000)]
    public int CatchUpStepEntries { get; init; } = 256;

    /// <summary>Bytes of one read of the log for a connection that is behind; default 64 KiB, 4 KiB to 256
    /// KiB.</summary>
    [ConfigurationKeyName("history_read_bytes")]
    [Range(4096, 256 * 1024)]
    public int HistoryReadBytes { get; init; } = 64 * 1024;

    /// <summary>Reads of history under way at once in this worker; default 64, 1 to 1,024. More wait.</summary>
    [ConfigurationKeyName("history_reads")]
    [Range(1, 1024)]
    public int HistoryReadsMax { get; init; } = 64;

    /// <summary>Least time between two batches of a conflating subscription; default 100 ms, 10 ms to 10 s.</summary>
    [ConfigurationKeyName("conflation_interval")]
    [DurationRange("10ms", "10s")]
    public TimeSpan ConflationInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>A write unfinished for so long is a stall; default 5 s, 100 ms to 1 min.</summary>
    [ConfigurationKeyName("stall_timeout")]
    [DurationRange("100ms", "1m")]
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Stalls in a row without progress after which a connection is evicted; default 3, 1 to 100.</summary>
    [ConfigurationKeyName("stalls_before_eviction")]
    [Range(1, 100)]
    public int StallsMax { get; init; } = 3;

    /// <summary>Unacknowledged bytes of one terminal subscription; default 256 KiB, 4 KiB to 16 MiB.</summary>
    [ConfigurationKeyName("terminal_window_bytes")]
    [Range(4096, 16 * 1024 * 1024)]
    public int TerminalWindowBytes { get; init; } = 256 * 1024;

    /// <summary>
    /// How long what is in flight of terminals and replay on one connection may delay what comes behind it: it is
    /// bounded by the rate of acknowledgements x this; default 150 ms, 10 ms to 10 s.
    /// </summary>
    [ConfigurationKeyName("bulk_delay")]
    [DurationRange("10ms", "10s")]
    public TimeSpan BulkDelay { get; init; } = TimeSpan.FromMilliseconds(150);

    /// <summary>Bytes in flight of terminals before anything is known of a connection; default 16 KiB, 1 KiB to 1
    /// MiB.</summary>
    [ConfigurationKeyName("bulk_start_bytes")]
    [Range(1024, 1024 * 1024)]
    public int BulkStartBytes { get; init; } = 16 * 1024;

    /// <summary>Bytes in flight of terminals on the slowest connection; default 4 KiB, 1 KiB to 1 MiB.</summary>
    [ConfigurationKeyName("bulk_floor_bytes")]
    [Range(1024, 1024 * 1024)]
    public int BulkFloorBytes { get; init; } = 4 * 1024;

    /// <summary>Bytes in flight of terminals on the fastest connection; default 4 MiB, 64 KiB to 64 MiB.</summary>
    [ConfigurationKeyName("bulk_bytes")]
    [Range(64 * 1024, 64 * 1024 * 1024)]
    public int BulkMaxBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>
    /// Without an acknowledgement for so long, more is sent than the rate of acknowledgements says: a client that
    /// acknowledges rarely must not hang; default 500 ms, 50 ms to 1 min.
    /// </summary>
    [ConfigurationKeyName("bulk_patience")]
    [DurationRange("50ms", "1m")]
    public TimeSpan BulkPatience { get; init; } = TimeSpan.FromMilliseconds(500);
}
