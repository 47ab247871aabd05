using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.Extensions.Configuration;
using Realtime.Hosting.Configuration;

namespace Realtime.Log.Redis;

/// <summary>Where Redis is and how long it is waited for. Without endpoints the embedded log is used.</summary>
public sealed record RedisOptions : IValidatableObject
{
    private const int EndpointsMax = 64;

    /// <summary>The section of <c>realtime.yaml</c>.</summary>
    public const string Section = LogOptions.Section + ":redis";

    /// <summary>
    /// Addresses as <c>host:port</c>: one server, a primary and its replicas, or some nodes of a cluster. Default
    /// none, at most 64.
    /// </summary>
    [ConfigurationKeyName("endpoints")]
    public IReadOnlyList<string> Endpoints { get; init; } = [];

    /// <summary>Password of the server's default user, this or the file; none by default. Never logged.</summary>
    [ConfigurationKeyName("password")]
    public string? Password { get; init; }

    /// <summary>
    /// File whose first line is the password; white space around it is dropped. Read again for every new connection,
    /// so that a password that the server has changed is found there. At most 64 KiB.
    /// </summary>
    [ConfigurationKeyName("password_file")]
    public string? PasswordFile { get; init; }

    /// <summary>Whether to connect by TLS 1.2 or 1.3. Default false.</summary>
    [ConfigurationKeyName("tls")]
    public bool Tls { get; init; }

    /// <summary>
    /// PEM file of the authorities that the servers' certificates must come from, read for every new connection; those
    /// of the system by default. Only with <see cref="Tls"/>.
    /// </summary>
    [ConfigurationKeyName("ca_file")]
    public string? CaFile { get; init; }

    /// <summary>
    /// The name that the servers' certificates must bear; by default the host of each endpoint, and of nodes that a
    /// cluster names by address, that address. Only with <see cref="Tls"/>.
    /// </summary>
    [ConfigurationKeyName("tls_host")]
    public string? TlsHost { get; init; }

    /// <summary>How long one attempt to connect may take. Default 5s, 100ms to 1m.</summary>
    [ConfigurationKeyName("connect_timeout")]
    [DurationRange("100ms", "1m")]
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long an answer is waited for. Default 2s, 50ms to 1m.</summary>
    [ConfigurationKeyName("command_timeout")]
    [DurationRange("50ms", "1m")]
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How often each connection is tried out when nothing else is. Default 1s, 100ms to 1m.</summary>
    [ConfigurationKeyName("probe_interval")]
    [DurationRange("100ms", "1m")]
    public TimeSpan ProbeInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// A connection that answered no probe for this long is given up and made anew: one whose other side vanished
    /// without a word never heals by itself. Default 10s, 200ms to 10m.
    /// </summary>
    [ConfigurationKeyName("reconnect_after")]
    [DurationRange("200ms", "10m")]
    public TimeSpan ReconnectAfter { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Bytes of commands that may wait for an answer on each connection; beyond it calls fail at once. Default 64
    /// MiB, 2 MiB to 1 GiB.
    /// </summary>
    [ConfigurationKeyName("in_flight_bytes_max")]
    [Range(2 * 1024 * 1024, 1 << 30)]
    public int InFlightBytesMax { get; init; } = 64 * 1024 * 1024;

    /// <summary>
    /// Events of one append travel with the stream's bell if they have at most so many bytes together, so that workers
    /// need not read them; larger ones are read. 0: none travel, for a cluster whose nodes must not tell each other
    /// every event. Default 0, at most 64 KiB: it spares Redis a read of each event for each worker, and costs workers
    /// more than that.
    /// </summary>
    [ConfigurationKeyName("bell_bytes_max")]
    [Range(0, 64 * 1024)]
    public int BellBytesMax { get; init; }

    /// <summary>
    /// Events that go to Redis together, of those that waited while a call of their stream was under way. Default 512,
    /// 1 to 10,000; 1: each batch goes alone.
    /// </summary>
    [ConfigurationKeyName("append_events_max")]
    [Range(1, 10_000)]
    public int AppendEventsMax { get; init; } = 512;

    /// <summary>The same in bytes of envelopes. Default 256 KiB, 1 KiB to 16 MiB.</summary>
    [ConfigurationKeyName("append_bytes_max")]
    [Range(1024, 16 * 1024 * 1024)]
    public int AppendBytesMax { get; init; } = 256 * 1024;

    /// <summary>The addresses in one line, for logs and errors.</summary>
    internal string Address => string.Join(", ", Endpoints);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Endpoints.Count > EndpointsMax)
        {
            yield return new ValidationResult(
                $"must be at most {EndpointsMax} addresses; name some nodes, the others are found",
                [nameof(Endpoints)]);
        }

        foreach (string endpoint in Endpoints.Where(endpoint => !IsEndpoint(endpoint)))
        {
            yield return new ValidationResult(
                $"must be addresses host:port, {endpoint} is none; write for example localhost:6379",
                [nameof(Endpoints)]);
        }

        foreach (ValidationResult wrong in RedisSecurity.Check(this))
        {
            yield return wrong;
        }

        if (ReconnectAfter <= ProbeInterval)
        {
            yield return new ValidationResult(
                "must be longer than probe_interval; raise it, or lower the other", [nameof(ReconnectAfter)]);
        }
    }

    private static bool IsEndpoint(string text)
    {
        int colon = text.LastIndexOf(':');
        return colon > 0
            && Uri.CheckHostName(text[..colon]) != UriHostNameType.Unknown
            && ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort port)
            && port > 0;
    }
}
