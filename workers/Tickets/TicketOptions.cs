using System.ComponentModel.DataAnnotations;
using Realtime.Hosting.Configuration;

namespace Realtime.Workers.Tickets;

/// <summary>How long tickets are good, and how many there may be.</summary>
internal sealed record TicketOptions
{
    public const string Section = "connection_plane:tickets";

    /// <summary>Shortest that may be asked for.</summary>
    public static readonly TimeSpan LifetimeMin = TimeSpan.FromSeconds(1);

    /// <summary>Longest that may be asked for.</summary>
    public static readonly TimeSpan LifetimeMax = TimeSpan.FromMinutes(5);

    /// <summary>
    /// How long a ticket is good if who asks for it says nothing else (1 s to 5 min; default 30 s); never longer than
    /// the token it was made by.
    /// </summary>
    [ConfigurationKeyName("lifetime"), DurationRange("1s", "5m")]
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Tickets of one tenant that were not used yet (1 to 1,000,000; default 10,000).</summary>
    [ConfigurationKeyName("outstanding_max"), Range(1, 1_000_000)]
    public int OutstandingMax { get; init; } = 10_000;
}
