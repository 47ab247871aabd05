using System.ComponentModel.DataAnnotations;
using Realtime.Hosting.Configuration;

namespace Realtime.Workers.Tail;

/// <summary>How this worker follows the log.</summary>
internal sealed record TailOptions
{
    public const string Section = "event_plane:tail";

    /// <summary>A lost doorbell is found after this long, jittered by a quarter; default 500 ms, 10 ms to 1
    /// min.</summary>
    [ConfigurationKeyName("poll_interval")]
    [DurationRange("10ms", "1m")]
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Events of one stream kept in memory for viewers that are a little behind; default 1,024, 16 to
    /// 65,536.</summary>
    [ConfigurationKeyName("recent_entries")]
    [Range(16, 65_536)]
    public int RecentEntriesMax { get; init; } = 1024;

    /// <summary>Bytes of one stream kept in memory; default 1 MiB, 64 KiB to 1 GiB.</summary>
    [ConfigurationKeyName("recent_bytes")]
    [Range(64 * 1024, 1024 * 1024 * 1024)]
    public int RecentBytesMax { get; init; } = 1024 * 1024;

    /// <summary>Streams and terminals followed at once; default 16,384, 16 to 1,048,576. More are refused.</summary>
    [ConfigurationKeyName("streams")]
    [Range(16, 1_048_576)]
    public int StreamsMax { get; init; } = 16_384;

    /// <summary>How long a stream is followed after its last viewer left; default 30 s, 0 to 1 h.</summary>
    [ConfigurationKeyName("linger")]
    [DurationRange("0ms", "1h")]
    public TimeSpan Linger { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a subscriber waits for a stream's first read before it is told to retry; default 5 s, 100 ms
    /// to 1 min.</summary>
    [ConfigurationKeyName("open_timeout")]
    [DurationRange("100ms", "1m")]
    public TimeSpan OpenTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest pause between tries while the log is away; the first is 50 ms, doubling, full jitter; default 2
    /// s, 50 ms to 1 min.</summary>
    [ConfigurationKeyName("retry_delay")]
    [DurationRange("50ms", "1m")]
    public TimeSpan RetryDelayMax { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How often a tail tells the log how far it has read, at most; default 50 ms, 10 ms to 1 s. Steps that are small
    /// next to the depth at which producers are slowed down (a 64th) are told every tenth time, or each half second.
    /// </summary>
    [ConfigurationKeyName("report_interval")]
    [DurationRange("10ms", "1s")]
    public TimeSpan ReportInterval { get; init; } = TimeSpan.FromMilliseconds(50);
}
