using System.ComponentModel.DataAnnotations;
using Realtime.Hosting.Configuration;

namespace Realtime.Edge.Limits;

/// <summary>How many connections (WebSockets and event streams) this edge holds at once.</summary>
internal sealed record ConnectionLimitOptions
{
    public const string Section = "connection_plane:edge:limits";

    /// <summary>Of all (1 to 1,000,000; default 20,000).</summary>
    [ConfigurationKeyName("connections_max"), Range(1, 1_000_000)]
    public int ConnectionsMax { get; init; } = 20_000;

    /// <summary>Of one tenant (1 to 1,000,000; default 5,000).</summary>
    [ConfigurationKeyName("tenant_connections_max"), Range(1, 1_000_000)]
    public int TenantConnectionsMax { get; init; } = 5_000;

    /// <summary>Of one subject of a tenant (1 to 1,000,000; default 500).</summary>
    [ConfigurationKeyName("subject_connections_max"), Range(1, 1_000_000)]
    public int SubjectConnectionsMax { get; init; } = 500;

    /// <summary>When a refused client is told to come again (1 s to 10 min; default 5 s).</summary>
    [ConfigurationKeyName("retry_after"), DurationRange("1s", "10m")]
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(5);
}
