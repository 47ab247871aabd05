using System.ComponentModel.DataAnnotations;

namespace Realtime.Workers.Ingest;

/// <summary>What one worker takes in at most, and how it keeps house.</summary>
internal sealed record IngestOptions
{
    /// <summary>Where it stands in the configuration.</summary>
    public const string Section = "event_plane:ingest";

    /// <summary>Largest body of a publish, bytes. Default 1 MiB, 1 KiB to 1 MiB (a terminal append takes no more).</summary>
    [Range(1024, 1024 * 1024)]
    public int BodyBytesMax { get; init; } = 1024 * 1024;

    /// <summary>Events in one publish. Default 1,000, 1 to 10,000.</summary>
    [Range(1, 10_000)]
    public int EventsMax { get; init; } = 1000;

    /// <summary>Bytes of all bodies that one worker holds at a time. Default 64 MiB, 1 MiB to 4 GiB.</summary>
    [Range(1024 * 1024, 4L * 1024 * 1024 * 1024)]
    public long InFlightBytesMax { get; init; } = 64L * 1024 * 1024;

    /// <summary>When a producer is asked to come again after pressure or an unavailable log. Default 1 s, 1 s to 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How often each partition is swept. Default 10 s, 1 s to 10 min; jittered by a fifth.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan SweepInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Partitions swept at a time. Default 2, 1 to 64.</summary>
    [Range(1, 64)]
    public int SweepConcurrency { get; init; } = 2;
}
