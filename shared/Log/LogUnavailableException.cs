namespace Realtime.Log;

/// <summary>
/// The log could not be reached, did not answer in time, or is full. What was asked may or may not have been done;
/// asking again is right (appends with an idempotency key or an offset are harmless to repeat).
/// </summary>
public sealed class LogUnavailableException : Exception
{
    /// <summary>Makes one.</summary>
    public LogUnavailableException(LogUnavailableReason reason, string message, Exception? inner = null)
        : base(message, inner) => Reason = reason;

    /// <summary>Why.</summary>
    public LogUnavailableReason Reason { get; }
}
