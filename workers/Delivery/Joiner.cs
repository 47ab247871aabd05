using Realtime.Log;

namespace Realtime.Workers.Delivery;

/// <summary>
/// A subscription that starts behind the others of its connection on one stream: it is replayed, alone, up to where
/// they stand. Guarded by the outbox's gate; <see cref="Position"/> is moved by the send loop alone.
/// </summary>
internal sealed class Joiner(Subscription subscription, StreamCursor position)
{
    public Subscription Subscription => subscription;

    /// <summary>Everything up to here was replayed, or lies before where it began.</summary>
    public StreamCursor Position { get; set; } = position;

    /// <summary>Whether <c>subscribed</c> (and its snapshot) went out, so that replay may follow.</summary>
    public bool Started { get; set; }
}
