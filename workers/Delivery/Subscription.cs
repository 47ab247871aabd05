using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Realtime.Protocol;
using Realtime.Protocol.Events;
using Realtime.Protocol.Subscriptions;

namespace Realtime.Workers.Delivery;

/// <summary>One subscription of one connection, narrowed to what its grants allow.</summary>
internal sealed class Subscription(string id, ImmutableArray<EventFilter> alternatives, bool conflates)
{
    private EventFilter[] _alternatives = [.. alternatives];

    public string Id => id;

    /// <summary>It alone, which is what most streams of most connections have. Never changed.</summary>
    public Subscription[] Alone => field ??= [this];

    /// <summary>
    /// An event belongs to it if any of these matches. Replaced by the receive loop when the grants change; may be read
    /// by anyone.
    /// </summary>
    public ImmutableArray<EventFilter> Alternatives
    {
        get => ImmutableCollectionsMarshal.AsImmutableArray(Volatile.Read(ref _alternatives));
        set => Volatile.Write(ref _alternatives, [.. value]);
    }

    /// <summary>Whether of several values of a state key only the newest is wanted while behind.</summary>
    public bool Conflates => conflates;

    /// <summary>Whether it was ended or paused: what of its beginning was not sent yet never will be.</summary>
    public bool IsGone { get; set; }

    /// <summary>Values left out since the last event sent; owned by the connection's send loop.</summary>
    public long Conflated { get; set; }

    /// <summary>The cursor that was last told with a heartbeat; owned by the connection's send loop.</summary>
    public IReadOnlyList<EventPosition> ToldCursor { get; set; } = [];

    public bool Matches(EventEnvelope envelope)
    {
        foreach (EventFilter filter in Alternatives)
        {
            if (filter.Matches(envelope))
            {
                return true;
            }
        }

        return false;
    }
}
