using System.ComponentModel.DataAnnotations;
using Realtime.Hosting.Configuration;

namespace Realtime.Edge.Draining;

/// <summary>How an edge leaves service, where the order doesn't say.</summary>
internal sealed record EdgeDrainOptions
{
    public const string Section = "connection_plane:edge:drain";

    /// <summary>
    /// How long its connections may take to leave (1 s to 1 h; default 30 s); what is left then is cut. At the end of
    /// the process nine tenths of <c>shutdown_timeout</c> stand in its place.
    /// </summary>
    [ConfigurationKeyName("deadline"), DurationRange("1s", "1h")]
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How many connections are told to leave in a second, at all workers together (1 to 100,000; default 200). More
    /// where half the deadline would not do: workers raise it then.
    /// </summary>
    [ConfigurationKeyName("pace"), Range(1, 100_000)]
    public int Pace { get; init; } = 200;
}
