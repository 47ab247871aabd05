using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;

namespace Realtime.Hosting.Configuration;

/// <summary>The connection plane as a whole, for edge and workers.</summary>
public sealed record ConnectionPlaneOptions
{
    /// <summary>Where it stands in the configuration.</summary>
    public const string Section = "connection_plane";

    /// <summary>Edges to deploy (1 to 1,000; default 3). Feeds the deployment files.</summary>
    [ConfigurationKeyName("gateway_instances"), Range(1, 1_000)]
    public int GatewayInstances { get; init; } = 3;

    /// <summary>
    /// How long limits, revocations and cursors of a gone connection are kept, in seconds (1 to 604,800; default 300).
    /// </summary>
    [ConfigurationKeyName("session_ttl_seconds"), Range(1, 604_800)]
    public int SessionTtlSeconds { get; init; } = 300;

    /// <summary>
    /// Bytes of frames that wait for one connection before it turns behind (4 KiB to 16 MiB; default 64 KiB).
    /// </summary>
    [ConfigurationKeyName("backpressure_threshold_bytes"), Range(4_096, 16_777_216)]
    public int BackpressureThresholdBytes { get; init; } = 65_536;

    /// <summary>
    /// Whether this is for development (default false): keys and tokens that everybody can look up are then accepted.
    /// </summary>
    [ConfigurationKeyName("development")]
    public bool Development { get; init; }

    /// <summary>How the deployment scales workers.</summary>
    [ConfigurationKeyName("autoscaling")]
    public AutoscalingOptions Autoscaling { get; init; } = new();
}
