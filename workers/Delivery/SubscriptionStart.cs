using Realtime.Protocol;
using Realtime.Protocol.Messages;

namespace Realtime.Workers.Delivery;

/// <summary>
/// The beginning of a subscription, sent in one piece before anything of its streams: <c>subscribed</c>, gaps, the
/// snapshot's values and its end. Only then may its replay and its live events follow.
/// </summary>
internal sealed class SubscriptionStart
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public required Subscription Subscription { get; init; }

    /// <summary>Where delivery begins, for each stream covered.</summary>
    public required IReadOnlyList<EventPosition> Cursor { get; init; }

    /// <summary>Null if the client did not resume.</summary>
    public bool? Recovered { get; init; }

    /// <summary>Why not recovered.</summary>
    public GapReason? Reason { get; init; }

    /// <summary>What is missing.</summary>
    public IReadOnlyList<Gap> Gaps { get; init; } = [];

    /// <summary>Values of the snapshot; null if none was wanted.</summary>
    public IReadOnlyList<SharedEvent>? Snapshot { get; init; }

    /// <summary>The streams' joiners, which wait for this.</summary>
    public required IReadOnlyList<Joiner> Joiners { get; init; }

    /// <summary>Completes once all of it was sent, or never will be.</summary>
    public Task Ended => _ended.Task;

    /// <summary>How far the send loop has come; 0 = nothing sent. Owned by the send loop.</summary>
    public int SnapshotSent { get; set; }

    /// <summary>Whether <c>subscribed</c> went out. Owned by the send loop.</summary>
    public bool Announced { get; set; }

    /// <summary>Says that all of it was sent, or never will be.</summary>
    public void End() => _ended.TrySetResult();
}
