using System.ComponentModel.DataAnnotations;
using Realtime.Hosting.Configuration;

namespace Realtime.Workers.Ingest;

/// <summary>What one worker takes in at most.</summary>
internal sealed record IngestOptions
{
    /// <summary>Where it stands in the configuration.</summary>
    public const string Section = "event_plane:ingest";

    /// <summary>
    /// Largest body of a publish, bytes (1 KiB to 1 MiB, as a terminal append takes no more; default 1 MiB).
    /// </summary>
    [ConfigurationKeyName("body_bytes_max"), Range(1024, 1024 * 1024)]
    public int BodyBytesMax { get; init; } = 1024 * 1024;

    /// <summary>Events in one publish (1 to 10,000; default 1,000).</summary>
    [ConfigurationKeyName("events_max"), Range(1, 10_000)]
    public int EventsMax { get; init; } = 1000;

    /// <summary>Stored bytes of one payload (64 B to 1 MiB; default 64 KiB).</summary>
    [ConfigurationKeyName("payload_bytes_max"), Range(64, 1024 * 1024)]
    public int PayloadBytesMax { get; init; } = 64 * 1024;

    /// <summary>Arrays and objects inside each other in one payload (1 to 128; default 32).</summary>
    [ConfigurationKeyName("payload_depth_max"), Range(1, 128)]
    public int PayloadDepthMax { get; init; } = 32;

    /// <summary>Bytes of all bodies that the worker holds at a time (1 MiB to 4 GiB; default 64 MiB).</summary>
    [ConfigurationKeyName("in_flight_bytes_max"), Range(1024 * 1024, 4L * 1024 * 1024 * 1024)]
    public long InFlightBytesMax { get; init; } = 64L * 1024 * 1024;

    /// <summary>
    /// How long the body of one request may take from its headers to its last byte (1 s to 10 min; default 30 s: 1 MiB
    /// at 280 kbit/s). Then it is refused. Apart from that, Kestrel cuts bodies that come at less than 240 bytes a
    /// second for 5 s.
    /// </summary>
    [ConfigurationKeyName("body_timeout"), DurationRange("1s", "10m")]
    public TimeSpan BodyTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// When a producer is asked to come again: after pressure, overload, an unavailable log (1 s to 1 min; default 1
    /// s).
    /// </summary>
    [ConfigurationKeyName("retry_after"), DurationRange("1s", "1m")]
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Partitions swept at a time (1 to 64; default 2).</summary>
    [ConfigurationKeyName("sweep_concurrency"), Range(1, 64)]
    public int SweepConcurrency { get; init; } = 2;
}
