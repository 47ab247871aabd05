using System.ComponentModel.DataAnnotations;
using Realtime.Hosting.Configuration;

namespace Realtime.Workers.Revocations;

/// <summary>How revocations are kept.</summary>
internal sealed record RevocationOptions
{
    public const string Section = "connection_plane:revocations";

    /// <summary>
    /// How long one is kept; default 24 h, 1 min to 90 days (2160h). At least the longest lifetime of a token: one that
    /// lives longer is accepted again.
    /// </summary>
    [ConfigurationKeyName("lifetime")]
    [DurationRange("1m", "2160h")]
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromHours(24);

    /// <summary>
    /// How many are kept, undone ones included; default 100,000, 100 to 1,000,000. Beyond it the operator is told.
    /// </summary>
    [ConfigurationKeyName("entries")]
    [Range(100, 1_000_000)]
    public int EntriesMax { get; init; } = 100_000;

    /// <summary>
    /// How often the log is asked for new ones if no bell was heard; default 500 ms, 50 ms to 10 s. They reach open
    /// connections within it.
    /// </summary>
    [ConfigurationKeyName("poll_interval")]
    [DurationRange("50ms", "10s")]
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromMilliseconds(500);
}
