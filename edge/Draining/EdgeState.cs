namespace Realtime.Edge.Draining;

/// <summary>Whether the edge is to stay.</summary>
internal enum EdgeState
{
    /// <summary>It takes what comes.</summary>
    Serving,

    /// <summary>It takes no new connection, and those that it has are leaving.</summary>
    Draining,

    /// <summary>They have left.</summary>
    Drained,

    /// <summary>It is to stay after all, and takes what comes as soon as the workers know.</summary>
    Undraining,
}
