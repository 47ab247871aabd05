using System.Collections.Immutable;
using Microsoft.Extensions.Configuration;
using Realtime.Hosting.Configuration;

namespace Realtime.Hosting.Identity;

/// <summary>The keys by which workers know that an identity was verified by an edge. The same in every process.</summary>
public sealed record IdentityStampOptions
{
    /// <summary>Where it stands in the configuration.</summary>
    public const string Section = "connection_plane";

    /// <summary>
    /// Keys, each at least 32 bytes of UTF-8, at most 8. All are accepted and the first signs, so that keys rotate: add the
    /// new one last everywhere, then make it the first, then drop the old one. No default.
    /// </summary>
    [ConfigurationKeyName("internal_keys")]
    public ImmutableArray<string> InternalKeys { get; init; } = [];

    /// <summary>File that holds keys, one a line; they come after those of <see cref="InternalKeys"/>.</summary>
    [ConfigurationKeyName("internal_keys_file")]
    public string? InternalKeysFile { get; init; }

    /// <summary>How long a stamp is accepted after it was made (1 s to 5 min; default 30 s).</summary>
    [ConfigurationKeyName("internal_stamp_lifetime"), DurationRange("1s", "5m")]
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>By how much the clocks of edges and workers may differ (0 s to 1 min; default 5 s).</summary>
    [ConfigurationKeyName("internal_clock_skew"), DurationRange("0s", "1m")]
    public TimeSpan ClockSkew { get; init; } = TimeSpan.FromSeconds(5);
}
