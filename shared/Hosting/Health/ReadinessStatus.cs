namespace Realtime.Hosting.Health;

/// <summary>Whether a process takes new work, from best to worst.</summary>
public enum ReadinessStatus
{
    /// <summary>It does.</summary>
    Ready,

    /// <summary>It serves what it has and takes nothing new.</summary>
    Draining,

    /// <summary>It cannot serve.</summary>
    Unready,
}
