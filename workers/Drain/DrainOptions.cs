using System.ComponentModel.DataAnnotations;
using Realtime.Hosting.Configuration;

namespace Realtime.Workers.Drain;

/// <summary>How this worker leaves service when the order doesn't say.</summary>
internal sealed record DrainOptions
{
    /// <summary>Where it stands in the configuration.</summary>
    public const string Section = "connection_plane:drain";

    /// <summary>The shortest deadline that may be ordered.</summary>
    public static readonly TimeSpan DeadlineMin = TimeSpan.FromSeconds(1);

    /// <summary>The longest deadline that may be ordered.</summary>
    public static readonly TimeSpan DeadlineMax = TimeSpan.FromHours(1);

    /// <summary>The highest pace that may be ordered.</summary>
    public const int PaceMax = 100_000;

    /// <summary>
    /// In what time all connections are gone; whoever is left then is cut; default 30 s, 1 s to 1 h. At the end of the
    /// process nine tenths of <c>connection_plane.shutdown_timeout</c> take its place.
    /// </summary>
    [ConfigurationKeyName("deadline"), DurationRange("1s", "1h")]
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Connections told to leave in a second, so that their reconnects are no storm; default 200, 1 to 100,000. More
    /// where half the deadline would not do: the deadline is hard.
    /// </summary>
    [ConfigurationKeyName("pace"), Range(1, PaceMax)]
    public int Pace { get; init; } = 200;
}
