namespace Realtime.Edge.Forwarding;

/// <summary>What the last probe found.</summary>
internal enum WorkerState
{
    /// <summary>Not probed yet; used until known better.</summary>
    Unknown,

    /// <summary>It takes new work.</summary>
    Ready,

    /// <summary>It serves what it has and takes nothing new.</summary>
    Draining,

    /// <summary>It says that it cannot serve.</summary>
    Unready,

    /// <summary>It does not answer.</summary>
    Unreachable,
}
