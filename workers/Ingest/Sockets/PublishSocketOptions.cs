using System.ComponentModel.DataAnnotations;
using Realtime.Hosting.Configuration;

namespace Realtime.Workers.Ingest.Sockets;

/// <summary>What one producer may do on a socket, besides what <see cref="IngestOptions"/> allow a request.</summary>
internal sealed record PublishSocketOptions
{
    /// <summary>Where it stands in the configuration.</summary>
    public const string Section = "event_plane:publish_socket";

    /// <summary>Requests of one connection without an answer (1 to 1,024; default 32). More are refused.</summary>
    [ConfigurationKeyName("in_flight_max"), Range(1, 1024)]
    public int InFlightMax { get; init; } = 32;

    /// <summary>
    /// Terminals of one connection with requests under way, or whose producer is to pause (1 to 65,536; default 256).
    /// </summary>
    [ConfigurationKeyName("terminals_max"), Range(1, 65_536)]
    public int TerminalsMax { get; init; } = 256;

    /// <summary>
    /// Terminals of one connection whose last request was refused and has not come again, 1 to 65,536; default 1,024,
    /// but no fewer than <c>in_flight_max</c>. Beyond it the one refused longest ago is forgotten: nothing waits.
    /// </summary>
    [ConfigurationKeyName("refused_terminals_max"), Range(1, 65_536)]
    public int RefusedTerminalsMax { get; init; } = 1024;

    /// <summary>
    /// How often the log is asked whether a paused producer may go on (10 ms to 10 s; default 100 ms).
    /// </summary>
    [ConfigurationKeyName("pressure_interval"), DurationRange("10ms", "10s")]
    public TimeSpan PressureInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// How long one message may take from its first byte to its last (1 s to 10 min; default 30 s). Then it is closed
    /// 4408.
    /// </summary>
    [ConfigurationKeyName("message_timeout"), DurationRange("1s", "10m")]
    public TimeSpan MessageTimeout { get; init; } = TimeSpan.FromSeconds(30);
}
