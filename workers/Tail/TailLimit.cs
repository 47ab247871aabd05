namespace Realtime.Workers.Tail;

/// <summary>How many streams, or terminals, this worker follows at most; says so when that is reached, once a
/// minute.</summary>
internal sealed partial class TailLimit(
    TailOptions options, TailMetrics metrics, TimeProvider clock, ILogger<TailLimit> logger)
{
    private static readonly TimeSpan WarningInterval = TimeSpan.FromMinutes(1);

    private long? _warnedAt;

    /// <summary>Takes note that one more is wanted. One call at a time for each registry.</summary>
    /// <exception cref="TailLimitException">There are as many as may be.</exception>
    public void Admit(int followed)
    {
        if (followed < options.StreamsMax)
        {
            return;
        }

        metrics.Refused();
        long now = clock.GetTimestamp();
        if (_warnedAt is not { } warnedAt || clock.GetElapsedTime(warnedAt, now) >= WarningInterval)
        {
            _warnedAt = now;
            Log.Reached(logger, followed, TailOptions.Section);
        }

        throw new TailLimitException();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning,
            "This worker follows {Followed} streams or terminals, as many as it may: further subscriptions are "
            + "refused. Raise {Section}:streams, lower {Section}:linger, or add workers.")]
        public static partial void Reached(ILogger logger, int followed, string section);
    }
}
