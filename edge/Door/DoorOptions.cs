using System.ComponentModel.DataAnnotations;

namespace Realtime.Edge.Door;

/// <summary>
/// How much of what strangers ask for is looked at: of all, and of one address (IPv4) or network of 64 bits (IPv6).
/// Rates allow bursts of two seconds' worth.
/// </summary>
internal sealed record DoorOptions
{
    public const string Section = "connection_plane:edge:limits";

    /// <summary>
    /// TLS handshakes that are worked on at once (1 to 1,024; default half of the processors, one at least). The
    /// others wait, so that a storm of them leaves processors to open connections. One that waits for its client is not
    /// worked on.
    /// </summary>
    [ConfigurationKeyName("handshakes_at_once_max"), Range(1, 1_024)]
    public int? HandshakesAtOnceMax { get; init; }

    /// <summary>
    /// TLS handshakes that wait for that (1 to 1,000,000; default 8,192), for handshake_timeout at most; beyond it
    /// connections are closed.
    /// </summary>
    [ConfigurationKeyName("handshake_queue_max"), Range(1, 1_000_000)]
    public int HandshakeQueueMax { get; init; } = 8_192;

    /// <summary>New sockets a second, of all (1 to 1,000,000; default 4,000); others are closed before TLS.</summary>
    [ConfigurationKeyName("handshakes_per_second"), Range(1, 1_000_000)]
    public int HandshakesPerSecond { get; init; } = 4_000;

    /// <summary>New sockets a second, of one address (1 to 1,000,000; default 200).</summary>
    [ConfigurationKeyName("address_handshakes_per_second"), Range(1, 1_000_000)]
    public int AddressHandshakesPerSecond { get; init; } = 200;

    /// <summary>
    /// WebSockets and event streams that are opened a second, of all (1 to 1,000,000; default 2,000).
    /// </summary>
    [ConfigurationKeyName("connections_per_second"), Range(1, 1_000_000)]
    public int ConnectionsPerSecond { get; init; } = 2_000;

    /// <summary>
    /// WebSockets and event streams that are opened a second, of one address (1 to 1,000,000; default 200).
    /// </summary>
    [ConfigurationKeyName("address_connections_per_second"), Range(1, 1_000_000)]
    public int AddressConnectionsPerSecond { get; init; } = 200;

    /// <summary>Requests a second, pages too, of one address (1 to 1,000,000; default 2,000).</summary>
    [ConfigurationKeyName("address_requests_per_second"), Range(1, 1_000_000)]
    public int AddressRequestsPerSecond { get; init; } = 2_000;

    /// <summary>Open sockets of one address (1 to 1,000,000; default 2,000).</summary>
    [ConfigurationKeyName("address_sockets_max"), Range(1, 1_000_000)]
    public int AddressSocketsMax { get; init; } = 2_000;

    /// <summary>
    /// Tickets that workers are asked about at once, of all (1 to 10,000; default 256): anybody can make one up.
    /// </summary>
    [ConfigurationKeyName("redeems_at_once_max"), Range(1, 10_000)]
    public int RedeemsAtOnceMax { get; init; } = 256;

    /// <summary>
    /// Addresses that are told apart at a time (16 to 1,000,000; default 65,536; 200 bytes each). Those beyond share
    /// the limits of one; idle ones are forgotten.
    /// </summary>
    [ConfigurationKeyName("addresses_max"), Range(16, 1_000_000)]
    public int AddressesMax { get; init; } = 65_536;

    /// <summary>The limit, configured or not.</summary>
    public int HandshakesAtOnce => HandshakesAtOnceMax ?? Math.Clamp(Environment.ProcessorCount / 2, 1, 1_024);
}
