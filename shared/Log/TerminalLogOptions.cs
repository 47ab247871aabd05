using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;
using Realtime.Hosting.Configuration;

namespace Realtime.Log;

/// <summary>What is kept of terminals.</summary>
public sealed record TerminalLogOptions
{
    /// <summary>
    /// Newest bytes kept of each terminal, rounded up to whole chunks. Default 16 MiB, 1 KiB to 1 GiB.
    /// </summary>
    [ConfigurationKeyName("retention_bytes")]
    [Range(1024, 1 << 30)]
    public int RetentionBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>How long a terminal is kept after its end. Default 24h, 1m to 8,760h.</summary>
    [ConfigurationKeyName("retention_after_end")]
    [DurationRange("1m", "8760h")]
    public TimeSpan RetentionAfterEnd { get; init; } = TimeSpan.FromHours(24);

    /// <summary>
    /// A terminal without a byte or resize for this long is ended, with exit code -1. Default 6h, 1m to 8,760h.
    /// </summary>
    [ConfigurationKeyName("idle_end")]
    [DurationRange("1m", "8760h")]
    public TimeSpan IdleEnd { get; init; } = TimeSpan.FromHours(6);

    /// <summary>
    /// Terminals kept per tenant, open and ended; for a new one beyond it the one that ended longest ago goes, and if
    /// all are open the new one is refused. Default 10,000, 1 to 1,000,000.
    /// </summary>
    [ConfigurationKeyName("retained_per_tenant_max")]
    [Range(1, 1_000_000)]
    public int RetainedPerTenantMax { get; init; } = 10_000;

    /// <summary>
    /// Chunks kept of each terminal. Below a mean size of 64 bytes what an entry costs by itself (about 31 bytes in
    /// Redis 7.0) would outweigh its bytes: then the number of chunks is the limit, not theirs.
    /// </summary>
    internal int ChunksMax => Math.Max(1024, RetentionBytes / 64);
}
