namespace Realtime.Log;

/// <summary>Why the log is unavailable: a closed set, used as a metric label.</summary>
public enum LogUnavailableReason
{
    /// <summary>No connection.</summary>
    Unreachable,

    /// <summary>Connected, but no answer in time.</summary>
    TimedOut,

    /// <summary>Out of memory by its own limit.</summary>
    Full,

    /// <summary>It answers, but refuses: read-only replica, loading, cluster down.</summary>
    Refused,

    /// <summary>It is being repartitioned, or was: what was asked belongs to partitions that are sealed.</summary>
    Repartitioning,

    /// <summary>Its certificate is not to be trusted, or TLS is not spoken alike.</summary>
    Untrusted,

    /// <summary>It does not take our password, or none.</summary>
    WrongPassword,

    /// <summary>It has other partitions than this process is configured for.</summary>
    Layout,
}
