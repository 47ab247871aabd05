using System.ComponentModel.DataAnnotations;
using Realtime.Hosting.Configuration;

namespace Realtime.Workers.Budgets;

/// <summary>What one tenant may use over all workers, and all tenants together.</summary>
internal sealed record BudgetOptions
{
    public const string Section = "event_plane:budgets";

    /// <summary>
    /// How long a worker lets a tenant's share of a second through before it says so: what all workers may together let
    /// through too much. Not an option: the overshoot that is promised hangs on it.
    /// </summary>
    public static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(100);

    /// <summary>Events of one tenant in a second (1 to 100,000,000; default 50,000), as many at once.</summary>
    [ConfigurationKeyName("events_per_second"), Range(1, 100_000_000)]
    public int EventsPerSecond { get; init; } = 50_000;

    /// <summary>
    /// Bytes of one tenant's events and terminals in a second (1 KiB to 1 TiB; default 64 MiB), as many at once.
    /// </summary>
    [ConfigurationKeyName("bytes_per_second"), Range(1024, 1L << 40)]
    public long BytesPerSecond { get; init; } = 64L * 1024 * 1024;

    /// <summary>
    /// Events and appends to terminals of all tenants in a second (1 to 1,000,000,000; default 1,000,000), as many at
    /// once.
    /// </summary>
    [ConfigurationKeyName("messages_per_second"), Range(1, 1_000_000_000)]
    public int MessagesPerSecond { get; init; } = 1_000_000;

    /// <summary>
    /// Tickets made for one tenant in a second (1 to 1,000,000; default 2,000), as many at once.
    /// </summary>
    [ConfigurationKeyName("tickets_per_second"), Range(1, 1_000_000)]
    public int TicketsPerSecond { get; init; } = 2_000;

    /// <summary>Connections of one tenant (1 to 10,000,000; default 10,000).</summary>
    [ConfigurationKeyName("tenant_connections_max"), Range(1, 10_000_000)]
    public int TenantConnectionsMax { get; init; } = 10_000;

    /// <summary>Connections of one subject of a tenant (1 to 10,000,000; default 1,000).</summary>
    [ConfigurationKeyName("subject_connections_max"), Range(1, 10_000_000)]
    public int SubjectConnectionsMax { get; init; } = 1_000;

    /// <summary>
    /// After how long the places of a worker that is not heard of come free (3 s to 10 min; default 15 s).
    /// </summary>
    [ConfigurationKeyName("connection_lease"), DurationRange("3s", "10m")]
    public TimeSpan ConnectionLease { get; init; } = TimeSpan.FromSeconds(15);
}
