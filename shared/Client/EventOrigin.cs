namespace Realtime.Client;

/// <summary>How an event came.</summary>
public enum EventOrigin
{
    /// <summary>As it happened.</summary>
    Live,

    /// <summary>Older than the subscription's connection: missed, or asked for by a cursor.</summary>
    Replay,

    /// <summary>The latest value of a state key, from before.</summary>
    Snapshot,
}
