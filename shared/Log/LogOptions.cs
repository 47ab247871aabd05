using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;
using Realtime.Hosting.Configuration;
using Realtime.Log.Memory;
using Realtime.Log.Redis;

namespace Realtime.Log;

/// <summary>What the partitioned log keeps, for how long, and when it slows producers down.</summary>
public sealed record LogOptions
{
    /// <summary>The section of <c>realtime.yaml</c>.</summary>
    public const string Section = "event_plane";

    /// <summary>How events are divided: <c>tenant_agent_hash</c> is the only way there is.</summary>
    [ConfigurationKeyName("partition_strategy")]
    public PartitionStrategy PartitionStrategy { get; init; } = PartitionStrategy.TenantAgentHash;

    /// <summary>
    /// Partitions a tenant's events are divided into; fixed once the log was made. Default 16, 1 to 1,024.
    /// </summary>
    [ConfigurationKeyName("partitions")]
    [Range(1, 1024)]
    public int Partitions { get; init; } = 16;

    /// <summary>Hours an event and a state value are kept. Default 24, 0.01 to 8,760 (a year).</summary>
    [ConfigurationKeyName("retention_hours")]
    [Range(0.01, 8760)]
    public double RetentionHours { get; init; } = 24;

    /// <summary>
    /// Entries that the slowest live reader of a stream may be behind before appends are refused. Default 5,000, 10 to
    /// 1,000,000.
    /// </summary>
    [ConfigurationKeyName("max_queue_depth_per_partition")]
    [Range(10, 1_000_000)]
    public int QueueDepthMax { get; init; } = 5000;

    /// <summary>When producers are asked to pause.</summary>
    [ConfigurationKeyName("backpressure")]
    public BackpressureOptions Backpressure { get; init; } = new();

    /// <summary>Entries kept per stream; older ones are trimmed. Default 100,000, 1 to 10,000,000.</summary>
    [ConfigurationKeyName("entries_per_stream_max")]
    [Range(1, 10_000_000)]
    public int EntriesPerStreamMax { get; init; } = 100_000;

    /// <summary>How long an idempotency key is remembered. Default 10m, 1s to 24h.</summary>
    [ConfigurationKeyName("idempotency_window")]
    [DurationRange("1s", "24h")]
    public TimeSpan IdempotencyWindow { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Idempotency keys remembered per stream; the oldest are forgotten. Default 100,000, 1 to 1,000,000.
    /// </summary>
    [ConfigurationKeyName("idempotency_keys_per_stream_max")]
    [Range(1, 1_000_000)]
    public int IdempotencyKeysPerStreamMax { get; init; } = 100_000;

    /// <summary>
    /// How long a producer's numbers are remembered after its last event of a group. Default 24h, 1m to 720h.
    /// </summary>
    [ConfigurationKeyName("producer_window")]
    [DurationRange("1m", "720h")]
    public TimeSpan ProducerWindow { get; init; } = TimeSpan.FromHours(24);

    /// <summary>
    /// Producers whose numbers are remembered per stream, counted once for each group; those without an event for
    /// longest are forgotten. Default 10,000, 1 to 1,000,000.
    /// </summary>
    [ConfigurationKeyName("producers_per_stream_max")]
    [Range(1, 1_000_000)]
    public int ProducersPerStreamMax { get; init; } = 10_000;

    /// <summary>
    /// Answers remembered of each producer and group, so that what is sent again gets its first id. Default 16, 1 to
    /// 256.
    /// </summary>
    [ConfigurationKeyName("producer_answers_max")]
    [Range(1, 256)]
    public int ProducerAnswersMax { get; init; } = 16;

    /// <summary>
    /// State keys kept per stream; beyond it the one that was set longest ago goes. Default 10,000, 1 to 1,000,000.
    /// </summary>
    [ConfigurationKeyName("state_keys_per_stream_max")]
    [Range(1, 1_000_000)]
    public int StateKeysPerStreamMax { get; init; } = 10_000;

    /// <summary>
    /// Envelope bytes kept per tenant; each of its streams has an equal share and trims its oldest entries beyond it.
    /// Default 256 MiB, 64 KiB to 1 TiB.
    /// </summary>
    [ConfigurationKeyName("stored_bytes_per_tenant_max")]
    [Range(64 * 1024, 1L << 40)]
    public long StoredBytesPerTenantMax { get; init; } = 256L * 1024 * 1024;

    /// <summary>How often ingest workers sweep each partition. Default 10s, 1s to 10m.</summary>
    [ConfigurationKeyName("sweep_interval")]
    [DurationRange("1s", "10m")]
    public TimeSpan SweepInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How often ingest workers look for leases that ran out; below the 3 s after which all get a new term. Default
    /// 1s, 100ms to 2s.
    /// </summary>
    [ConfigurationKeyName("lease_sweep_interval")]
    [DurationRange("100ms", "2s")]
    public TimeSpan LeaseSweepInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Leases on agents and tasks that a tenant holds at a time. Default 10,000, 1 to 1,000,000.</summary>
    [ConfigurationKeyName("leases_per_tenant_max")]
    [Range(1, 1_000_000)]
    public int LeasesPerTenantMax { get; init; } = 10_000;

    /// <summary>What is kept of terminals.</summary>
    [ConfigurationKeyName("terminal")]
    public TerminalLogOptions Terminal { get; init; } = new();

    /// <summary>Where Redis is; without endpoints the embedded log is used.</summary>
    [ConfigurationKeyName("redis")]
    public RedisOptions Redis { get; init; } = new();

    /// <summary>The embedded log; not used with Redis.</summary>
    [ConfigurationKeyName("memory")]
    public MemoryLogOptions Memory { get; init; } = new();

    /// <summary><see cref="RetentionHours"/> in milliseconds.</summary>
    internal long RetentionMs => (long)(RetentionHours * 3_600_000);

    /// <summary>Envelope bytes one stream may keep.</summary>
    internal long StoredBytesPerStreamMax => StoredBytesPerTenantMax / Partitions;

    /// <summary>Bytes that a terminal's slowest live reader may be behind: what it is to read must still be
    /// there.</summary>
    internal int TerminalDepthBytesMax => Math.Min(Backpressure.TerminalDepthBytesMax, Terminal.RetentionBytes);
}
