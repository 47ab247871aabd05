namespace Realtime.Log;

/// <summary>What a lease is on.</summary>
public enum LeaseKind
{
    /// <summary>An agent.</summary>
    Agent,

    /// <summary>A task, and so its terminal.</summary>
    Task,
}
