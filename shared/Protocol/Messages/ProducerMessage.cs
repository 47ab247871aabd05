namespace Realtime.Protocol.Messages;

/// <summary>A message from a producer on <c>WS /v1/publish</c>, as far as it was understood.</summary>
public abstract record ProducerMessage
{
    private ProducerMessage()
    {
    }

    /// <summary>A message that is answered under its number.</summary>
    /// <param name="Op">Its <c>op</c>.</param>
    /// <param name="Seq">The producer's number for it, 0 or higher.</param>
    public abstract record Request(string Op, long Seq) : ProducerMessage;

    /// <summary><c>publish</c>.</summary>
    /// <param name="Seq">Its number.</param>
    /// <param name="Events">
    /// One event or an array, as they stand in the frame: what <c>POST /v1/events</c> has for a body.
    /// </param>
    public sealed record Publish(long Seq, ReadOnlyMemory<byte> Events) : Request("publish", Seq);

    /// <summary><c>append</c>: bytes of a terminal.</summary>
    /// <param name="Seq">Its number.</param>
    /// <param name="Task">Whose terminal.</param>
    /// <param name="Data">The bytes, at least one: a part of the frame, where base64 was decoded in place.</param>
    public sealed record Append(long Seq, string Task, ReadOnlyMemory<byte> Data) : Request("append", Seq)
    {
        /// <summary>Where the first byte stands; null = at the end, wherever that is.</summary>
        public long? Offset { get; init; }

        /// <summary>Whether they come from <c>stderr</c>.</summary>
        public bool IsStderr { get; init; }

        /// <summary>The epoch after whose loss this begins a new life of the terminal; only with an offset.</summary>
        public Epoch? AfterLoss { get; init; }

        /// <summary>Who writes, if it says so.</summary>
        public ProducerClaim? Claim { get; init; }
    }

    /// <summary><c>end</c>: the terminal ends.</summary>
    public sealed record End(long Seq, string Task, int ExitCode) : Request("end", Seq)
    {
        /// <summary>Who ends it, if it says so.</summary>
        public ProducerClaim? Claim { get; init; }
    }

    /// <summary><c>resize</c>: the terminal has another size from here on.</summary>
    public sealed record Resize(long Seq, string Task, int Columns, int Rows) : Request("resize", Seq)
    {
        /// <summary>Whose screen it is, if it says so.</summary>
        public ProducerClaim? Claim { get; init; }
    }

    /// <summary><c>lease</c>: takes or renews a lease.</summary>
    public sealed record Lease(long Seq, LeaseRequest Wanted) : Request("lease", Seq);

    /// <summary><c>release</c>: gives a lease back.</summary>
    public sealed record Release(long Seq, LeaseRequest Held) : Request("release", Seq);

    /// <summary><c>auth</c>: a fresh token. Its text is a secret.</summary>
    public sealed record Auth(string Token) : ProducerMessage
    {
        /// <inheritdoc/>
        public override string ToString() => "Auth { Token = *** }";
    }

    /// <summary><c>hello</c>: there are no features to ask for yet.</summary>
    /// <param name="HeartbeatMs">The interval of heartbeats that it wants; null if it wants none other.</param>
    public sealed record Hello(int? HeartbeatMs = null) : ProducerMessage;

    /// <summary>
    /// <c>ping</c>, answered by <c>pong</c> with its nonce (a text of at most 64 characters, or none).
    /// </summary>
    public sealed record Ping(string? Nonce) : ProducerMessage;

    /// <summary>
    /// A message that could not be understood, but does not harm the connection: answered by <c>error</c>.
    /// </summary>
    /// <param name="Op">Which message.</param>
    /// <param name="Seq">Its number, if it had a valid one.</param>
    /// <param name="Code">A code of <see cref="ErrorCodes"/>.</param>
    /// <param name="Detail">What, where and what to do; never the producer's text.</param>
    public sealed record Invalid(string Op, long? Seq, string Code, string Detail) : ProducerMessage;
}
