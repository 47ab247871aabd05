using System.ComponentModel.DataAnnotations;
using Realtime.Hosting.Configuration;

namespace Realtime.Workers.Connections;

/// <summary>What one client connection may do.</summary>
internal sealed record ConnectionOptions
{
    public const string Section = "connection_plane:connections";

    /// <summary>Largest message read from a client; default 64 KiB, 1 KiB to 1 MiB. Larger ones close 4413.</summary>
    [ConfigurationKeyName("message_bytes")]
    [Range(1024, 1024 * 1024)]
    public int MessageBytesMax { get; init; } = 64 * 1024;

    /// <summary>Subscriptions of one connection; default 64, 1 to 1,024.</summary>
    [ConfigurationKeyName("subscriptions")]
    [Range(1, 1024)]
    public int SubscriptionsMax { get; init; } = 64;

    /// <summary>Connections of this worker; default 20,000, 1 to 1,000,000. More are refused 503, and the edge tries
    /// another.</summary>
    [ConfigurationKeyName("connections")]
    [Range(1, 1_000_000)]
    public int ConnectionsMax { get; init; } = 20_000;

    /// <summary>
    /// How often a connection is pinged and told its cursors, unless the client asks for another interval (of 10 s to 1
    /// min); a peer that was silent for two is dead; default 20 s, 1 s to 1 min.
    /// </summary>
    [ConfigurationKeyName("heartbeat")]
    [DurationRange("1s", "1m")]
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long a client may take to answer a close frame; default 5 s, 100 ms to 1 min.</summary>
    [ConfigurationKeyName("close_timeout")]
    [DurationRange("100ms", "1m")]
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long before its token ends a client is told so (<c>expiring</c>), once; default 1 min, 1 s to 10 min.
    /// </summary>
    [ConfigurationKeyName("auth_warning")]
    [DurationRange("1s", "10m")]
    public TimeSpan AuthWarning { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Fresh tokens (<c>auth</c>) that a connection may send in a minute; default 10, 1 to 600. More are refused.
    /// </summary>
    [ConfigurationKeyName("auth_per_minute")]
    [Range(1, 600)]
    public int AuthPerMinuteMax { get; init; } = 10;

    /// <summary>How fast a connection may send.</summary>
    [ConfigurationKeyName("rates")]
    public ConnectionRateOptions Rates { get; init; } = new();

    /// <summary>Longest delay before a client that was told to leave should come back, jittered; default 1 s, 0 to 1
    /// min.</summary>
    [ConfigurationKeyName("reconnect_delay")]
    [DurationRange("0ms", "1m")]
    public TimeSpan ReconnectDelayMax { get; init; } = TimeSpan.FromSeconds(1);
}
