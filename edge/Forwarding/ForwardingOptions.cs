using System.ComponentModel.DataAnnotations;
using Realtime.Hosting.Configuration;

namespace Realtime.Edge.Forwarding;

/// <summary>How the edge deals with workers: how it learns that one is gone, and how long it waits.</summary>
internal sealed record ForwardingOptions
{
    public const string Section = "connection_plane:edge:forwarding";

    /// <summary>How often each worker is asked for <c>/readyz</c> (100 ms to 1 min; default 500 ms).</summary>
    [ConfigurationKeyName("probe_interval"), DurationRange("100ms", "1m")]
    public TimeSpan ProbeInterval { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// How long it may take to answer that (50 ms to 1 min; default 1 s). With the interval it is the time after which
    /// a worker that hangs gets nothing new.
    /// </summary>
    [ConfigurationKeyName("probe_timeout"), DurationRange("50ms", "1m")]
    public TimeSpan ProbeTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// After how long without an answer to any probe (two at least) or a byte on any stream what is open to a worker is
    /// cut (500 ms to 10 min; default 3 s), if another one is ready: clients of one that hangs go elsewhere. One that
    /// answers late, but within that time, keeps its connections.
    /// </summary>
    [ConfigurationKeyName("silent_cut"), DurationRange("500ms", "10m")]
    public TimeSpan SilentCut { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long connecting to a worker may take (50 ms to 30 s; default 1 s).</summary>
    [ConfigurationKeyName("connect_timeout"), DurationRange("50ms", "30s")]
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long a worker may take to accept a connection of a client (100 ms to 1 min; default 5 s); then the next is
    /// asked.
    /// </summary>
    [ConfigurationKeyName("accept_timeout"), DurationRange("100ms", "1m")]
    public TimeSpan AcceptTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long it may take to answer a request (1 s to 10 min; default 60 s), the upload of its body included.
    /// </summary>
    [ConfigurationKeyName("answer_timeout"), DurationRange("1s", "10m")]
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// After how long without one byte in either direction an open stream is cut (1 min to 24 h; default 10 min). Far
    /// above the heartbeats of the protocol (at most 60 s): what it ends is dead.
    /// </summary>
    [ConfigurationKeyName("quiet_timeout"), DurationRange("1m", "24h")]
    public TimeSpan QuietTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// How long a stream that one side has ended may stay open for the other, or for what waits to be sent (100 ms to 5
    /// min; default 5 s).
    /// </summary>
    [ConfigurationKeyName("linger"), DurationRange("100ms", "5m")]
    public TimeSpan Linger { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long one write to a client of a stream may take (1 s to 10 min; default 30 s). Above the worker's own
    /// patience (three stalls of 5 s): the worker has given it up by then, but the edge, still writing, can't see that.
    /// </summary>
    [ConfigurationKeyName("client_stall"), DurationRange("1s", "10m")]
    public TimeSpan ClientStall { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How far a worker's clock may be from this edge's for stamps to follow it (0 s to 24 h; default 15 min). A worker
    /// further off believes no stamp, and others are asked.
    /// </summary>
    [ConfigurationKeyName("clock_offset_max"), DurationRange("0s", "24h")]
    public TimeSpan ClockOffsetMax { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Workers asked for one request, at most (1 to 10; default 3).</summary>
    [ConfigurationKeyName("attempts_max"), Range(1, 10)]
    public int AttemptsMax { get; init; } = 3;

    /// <summary>
    /// When a client is told to come again where no worker took its request (1 s to 1 min; default 1 s).
    /// </summary>
    [ConfigurationKeyName("retry_after"), DurationRange("1s", "1m")]
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(1);
}
