using Realtime.Log;

namespace Realtime.Workers.Tail;

/// <summary>
/// Whether the log answers this worker's tails: it is away while any tail's last read failed. When that changes it says
/// so once, in the log of the process and to those who subscribed (the connections, whose viewers are told).
/// </summary>
internal sealed partial class LogWatch(ILogger<LogWatch> logger)
{
    private readonly Lock _gate = new();
    private readonly ILogger _logger = logger;
    private int _failing;

    /// <summary>Called with false when the log went away and with true when it is back.</summary>
    public event Action<bool>? Changed;

    public bool IsAvailable => Volatile.Read(ref _failing) == 0;

    /// <summary>For one tail, which reports its own reads and is disposed with it.</summary>
    public Reporter CreateReporter() => new(this);

    private void Count(int change, LogUnavailableReason reason)
    {
        bool away;
        lock (_gate)
        {
            int before = _failing;
            _failing += change;
            if ((before == 0) == (_failing == 0))
            {
                return;
            }

            away = _failing > 0;
        }

        if (away)
        {
            Log.Away(_logger, reason);
        }
        else
        {
            Log.Back(_logger);
        }

        Changed?.Invoke(!away);
    }

    /// <summary>What one tail reports. Owned by that tail's loop.</summary>
    internal sealed class Reporter(LogWatch watch) : IDisposable
    {
        private bool _isFailing;

        public void Failed(LogUnavailableReason reason)
        {
            if (!_isFailing)
            {
                _isFailing = true;
                watch.Count(1, reason);
            }
        }

        /// <summary>Of any kind: that the log is away, or a fault of ours, which is logged as what it is.</summary>
        public void Failed(Exception exception)
        {
            if (exception is LogUnavailableException away)
            {
                Failed(away.Reason);
            }
            else
            {
                Log.Broken(watch._logger, exception);
            }
        }

        public void Succeeded()
        {
            if (_isFailing)
            {
                _isFailing = false;
                watch.Count(-1, default);
            }
        }

        public void Dispose() => Succeeded();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning,
            "The log is away ({Reason}): viewers stay connected and are told, producers get retryable errors. "
            + "Check Redis.")]
        public static partial void Away(ILogger logger, LogUnavailableReason reason);

        [LoggerMessage(2, LogLevel.Information, "The log is back; tails read on from where they stood.")]
        public static partial void Back(ILogger logger);

        [LoggerMessage(3, LogLevel.Error, "A tail met a fault of ours; it looks again.")]
        public static partial void Broken(ILogger logger, Exception exception);
    }
}
