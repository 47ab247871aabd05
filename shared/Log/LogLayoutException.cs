namespace Realtime.Log;

/// <summary>
/// The log was made with another number of partitions than this process is configured for, or repartitioned since it
/// started.
/// </summary>
public sealed class LogLayoutException : Exception
{
    /// <summary>Makes one of another kind of mismatch.</summary>
    public LogLayoutException(string message)
        : base(message)
    {
    }

    /// <summary>Makes one.</summary>
    /// <param name="expected">What this process is configured for.</param>
    /// <param name="found">What the log was made with.</param>
    public LogLayoutException(int expected, int found)
        : base($"The log was made with {found} partitions, this process is configured for {expected}. "
            + $"Set event_plane.partitions to {found}, or repartition the log.")
    {
    }
}
