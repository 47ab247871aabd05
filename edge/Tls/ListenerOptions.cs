using System.ComponentModel.DataAnnotations;
using Realtime.Hosting.Configuration;

namespace Realtime.Edge.Tls;

/// <summary>What a listener takes from one connection and one request, before anybody knows who it is.</summary>
internal sealed record ListenerOptions
{
    public const string Section = "connection_plane:edge:listener";

    /// <summary>Open TCP connections of all listeners (16 to 1,000,000; default 25,000).</summary>
    [ConfigurationKeyName("connections_max"), Range(16, 1_000_000)]
    public int ConnectionsMax { get; init; } = 25_000;

    /// <summary>
    /// TCP connections that wait to be accepted (16 to 65,535; default 4,096; the kernel's net.core.somaxconn caps
    /// it). A fleet of viewers that reconnects at once should queue, not be dropped and come again a second later.
    /// </summary>
    [ConfigurationKeyName("backlog"), Range(16, 65_535)]
    public int Backlog { get; init; } = 4_096;

    /// <summary>
    /// Request line and headers, in bytes (4 KiB to 256 KiB; default 64 KiB). A token may have 8 KiB, the ids of 1,024
    /// partitions 46 KiB.
    /// </summary>
    [ConfigurationKeyName("request_head_bytes_max"), Range(4_096, 262_144)]
    public int RequestHeadBytesMax { get; init; } = 65_536;

    /// <summary>Headers of one request (8 to 1,000; default 100).</summary>
    [ConfigurationKeyName("request_headers_max"), Range(8, 1_000)]
    public int RequestHeadersMax { get; init; } = 100;

    /// <summary>How long the head of a request may take to arrive (1 s to 2 min; default 10 s).</summary>
    [ConfigurationKeyName("request_head_timeout"), DurationRange("1s", "2m")]
    public TimeSpan RequestHeadTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Body of one request, in bytes (1 KiB to 64 MiB; default 1 MiB + 64 KiB, so that the worker, whose limit is 1
    /// MiB, answers for what is a little too large).
    /// </summary>
    [ConfigurationKeyName("request_body_bytes_max"), Range(1_024, 67_108_864)]
    public int RequestBodyBytesMax { get; init; } = 1_114_112;

    /// <summary>How long a connection without a request stays open (1 s to 1 h; default 130 s).</summary>
    [ConfigurationKeyName("keep_alive_timeout"), DurationRange("1s", "1h")]
    public TimeSpan KeepAliveTimeout { get; init; } = TimeSpan.FromSeconds(130);

    /// <summary>
    /// Bytes that wait to be sent on one connection, in this process and again in the kernel (4 KiB to 1 MiB; default
    /// 32 KiB). More would hide from workers that a link is slow, and what is urgent would wait behind it.
    /// </summary>
    [ConfigurationKeyName("unsent_bytes"), Range(4_096, 1_048_576)]
    public int UnsentBytesMax { get; init; } = 32_768;

    /// <summary>Requests and WebSockets at once on one HTTP/2 connection (1 to 1,000; default 100).</summary>
    [ConfigurationKeyName("http2_streams_max"), Range(1, 1_000)]
    public int Http2StreamsMax { get; init; } = 100;
}
