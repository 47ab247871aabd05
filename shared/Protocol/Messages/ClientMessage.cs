using System.Collections.Immutable;
using Realtime.Protocol.Subscriptions;

namespace Realtime.Protocol.Messages;

/// <summary>A message from a client, as far as it was understood.</summary>
public abstract record ClientMessage
{
    private ClientMessage()
    {
    }

    /// <summary><c>hello</c>: features the client can use.</summary>
    public sealed record Hello(ImmutableArray<string> Features) : ClientMessage
    {
        /// <summary>The interval of heartbeats that it wants, in milliseconds; null if it wants none other.</summary>
        public int? HeartbeatMs { get; init; }
    }

    /// <summary><c>subscribe</c> to events.</summary>
    public sealed record Subscribe(string Id, EventFilter Filter) : ClientMessage
    {
        /// <summary>
        /// The newest position seen per stream; at most one per partition. Streams not named begin at the live end.
        /// </summary>
        public ImmutableArray<EventPosition> After { get; init; } = [];

        /// <summary>Whether <c>after</c> was given at all (it may be an empty list).</summary>
        public bool Resumes { get; init; }

        /// <summary>Whether the latest values are wanted first.</summary>
        public bool Snapshot { get; init; }

        /// <summary>Whether only the newest of several values of a state key is wanted while behind.</summary>
        public bool Conflate { get; init; }
    }

    /// <summary><c>subscribe</c> to a terminal.</summary>
    public sealed record SubscribeTerminal(string Id, string Task, TerminalFrom From) : ClientMessage;

    /// <summary><c>unsubscribe</c>.</summary>
    public sealed record Unsubscribe(string Id) : ClientMessage;

    /// <summary><c>ack</c>: bytes of a terminal up to this offset were shown; of this epoch, if one is given.</summary>
    public sealed record Ack(string Id, long Offset, Epoch Epoch = default) : ClientMessage;

    /// <summary><c>pause</c> one subscription.</summary>
    public sealed record Pause(string Id) : ClientMessage;

    /// <summary><c>resume</c> one subscription.</summary>
    public sealed record Resume(string Id) : ClientMessage;

    /// <summary><c>auth</c>: a fresh token. Its text is a secret.</summary>
    public sealed record Auth(string Token) : ClientMessage
    {
        /// <inheritdoc/>
        public override string ToString() => "Auth { Token = *** }";
    }

    /// <summary>
    /// <c>ping</c>, answered by <c>pong</c> with its nonce (a text of at most 64 characters, or none).
    /// </summary>
    public sealed record Ping(string? Nonce) : ClientMessage;

    /// <summary>
    /// A message that could not be understood, but does not harm the connection: answered by <c>error</c>.
    /// </summary>
    /// <param name="Op">Which message.</param>
    /// <param name="Id">Its id, if it had a valid one.</param>
    /// <param name="Code">A code of <see cref="ErrorCodes"/>.</param>
    /// <param name="Detail">What, where and what to do; never the client's text beyond names.</param>
    public sealed record Invalid(string? Op, string? Id, string Code, string Detail) : ClientMessage;
}
