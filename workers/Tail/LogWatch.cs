using Realtime.Log;

namespace Realtime.Workers.Tail;

/// <summary>
/// Whether the log answers this worker's tails. When that changes it says so once, in the log of the process and to those who
/// subscribed (the connections, whose viewers are told).
/// </summary>
internal sealed partial class LogWatch(ILogger<LogWatch> logger)
{
    private readonly Lock _gate = new();
    private bool _away;

    /// <summary>Called with false when the log went away and with true when it is back.</summary>
    public event Action<bool>? Changed;

    public bool IsAvailable => !Volatile.Read(ref _away);

    public void ReportFailure(LogUnavailableReason reason)
    {
        if (Set(away: true))
        {
            Log.Away(logger, reason);
            Changed?.Invoke(false);
        }
    }

    public void ReportSuccess()
    {
        if (Volatile.Read(ref _away) && Set(away: false))
        {
            Log.Back(logger);
            Changed?.Invoke(true);
        }
    }

    private bool Set(bool away)
    {
        lock (_gate)
        {
            bool changed = _away != away;
            _away = away;
            return changed;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning,
            "The log is away ({Reason}): viewers stay connected and are told, producers get retryable errors. Check Redis.")]
        public static partial void Away(ILogger logger, LogUnavailableReason reason);

        [LoggerMessage(2, LogLevel.Information, "The log is back; tails read on from where they stood.")]
        public static partial void Back(ILogger logger);
    }
}
