namespace Realtime.Edge.Forwarding;

/// <summary>Why the edge cut what was open: a closed set, safe as a metric's label.</summary>
internal enum ConnectionCut
{
    /// <summary>The worker has been silent for too long.</summary>
    SilentWorker,

    /// <summary>The client has ended the stream, and the worker does not.</summary>
    Lingering,

    /// <summary>The client takes nothing of what was written to it.</summary>
    StalledClient,

    /// <summary>No byte came through a tunnel, from either side, for too long.</summary>
    Quiet,

    /// <summary>The edge left service, and the deadline passed.</summary>
    EdgeDrained,
}
