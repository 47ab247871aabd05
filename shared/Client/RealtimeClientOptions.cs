using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Realtime.Client;

/// <summary>Options of a <see cref="RealtimeClient"/>; checked, all at once, when one is made.</summary>
public sealed record RealtimeClientOptions
{
    /// <summary>The edge's address: <c>https://…</c>, without path; <c>http://</c> only for the loopback.</summary>
    public required Uri Url { get; init; }

    /// <summary>Gives the token, asked before each attempt, and before the last one ends. See <see cref="FixedToken"/>
    /// for one that never changes. Needless with <see cref="Ticket"/>, if nothing goes over HTTP.</summary>
    public TokenProvider? Token { get; init; }

    /// <summary>Gives tickets: one is asked for before each attempt to connect, and opens it instead of the token
    /// (default null: the token does).</summary>
    public TicketProvider? Ticket { get; init; }

    /// <summary>What is spoken on the connection (default <see cref="WireFormat.MessagePack"/>).</summary>
    public WireFormat Format { get; init; }

    /// <summary>How the connection is made anew.</summary>
    public ReconnectOptions Reconnect { get; init; } = new();

    /// <summary>How publishing tries again.</summary>
    public PublishOptions Publish { get; init; } = new();

    /// <summary>Who publishes, if events are to be numbered; null = each has a key of its own (default).</summary>
    public ProducerOptions? Producer { get; init; }

    /// <summary>
    /// How long one attempt to connect may take, from asking for the token to the server's <c>welcome</c>, and one
    /// request over HTTP until its answer begins (1 ms to 1 hour; default 10 s).
    /// </summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long the connection may be silent before the other side is asked whether it lives; after twice that it is
    /// given up (10 s to 60 s, whole milliseconds; default null: as the server has it). Asked for with each connection,
    /// and the server's answer counts: <see cref="RealtimeClient.Heartbeat"/>.
    /// </summary>
    public TimeSpan? Heartbeat { get; init; }

    /// <summary>
    /// Items of one subscription that may wait for the application (1 to 1,000,000; default 1,024). Beyond it the
    /// server is asked to pause; what is on its way then still comes.
    /// </summary>
    public int BufferItems { get; init; } = 1024;

    /// <summary>The same in bytes, as received (1 KiB to 1 GiB; default 1 MiB).</summary>
    public int BufferBytes { get; init; } = 1024 * 1024;

    /// <summary>Largest message that is read from the server, bytes (64 KiB to 1 GiB; default 4 MiB).</summary>
    public int MessageBytesMax { get; init; } = 4 * 1024 * 1024;

    /// <summary>
    /// The one certificate (or the authority that signed it) to trust instead of the system's: for self-made ones. Host
    /// names are checked as usual. Not with <see cref="CreateHandler"/>.
    /// </summary>
    public X509Certificate2? TrustedCertificate { get; init; }

    /// <summary>
    /// The certificate, with its private key, that is shown to an edge that asks clients for one (default null: none).
    /// It comes on top of the token. Not with <see cref="CreateHandler"/>.
    /// </summary>
    public X509Certificate2? ClientCertificate { get; init; }

    /// <summary>
    /// Makes the handler that carries everything, HTTP and WebSocket alike: for proxies, tests.
    /// Called once; the client disposes what it gives. Default: a <see cref="SocketsHttpHandler"/>.
    /// </summary>
    public Func<HttpMessageHandler>? CreateHandler { get; init; }

    /// <summary>Where the client logs (category <c>Realtime.Client.RealtimeClient</c>); default: nowhere.</summary>
    public ILoggerFactory LoggerFactory { get; init; } = NullLoggerFactory.Instance;

    /// <summary>The clock; default: the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
