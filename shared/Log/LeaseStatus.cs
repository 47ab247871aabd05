namespace Realtime.Log;

/// <summary>What became of an attempt to take or renew a lease.</summary>
public enum LeaseStatus
{
    /// <summary>It is held.</summary>
    Held,

    /// <summary>A later life of the holder has it. Not worth a retry.</summary>
    Stale,

    /// <summary>Another holds it.</summary>
    Leased,

    /// <summary>The task's terminal has ended, or is about to be: the lease was lost. Not worth a retry.</summary>
    Ended,

    /// <summary>The tenant has as many leases as it may. Worth a retry later.</summary>
    TooMany,

    /// <summary>It was to be renewed only, and this life of the holder does not have it. Not worth a retry.</summary>
    Lost,
}
