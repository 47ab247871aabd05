namespace Realtime.Log.Memory;

/// <summary>What became of an attempt to claim a terminal.</summary>
internal enum ClaimOutcome
{
    /// <summary>It may write.</summary>
    Granted,

    /// <summary>A later life of it has claimed the terminal.</summary>
    Stale,

    /// <summary>Another has, and holds a lease.</summary>
    Claimed,
}
