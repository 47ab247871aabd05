using Realtime.Log;

namespace Realtime.Workers.Tail;

internal sealed partial class StreamTail
{
    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning,
            "The tail of partition {Partition} stood at {Position}, but the log says {Outcome}: {Missing} entries are "
            + "gone. It goes on after {Start}; viewers are told. Check retention against outages, and Redis "
            + "persistence and failover.")]
        public static partial void NotWhole(
            ILogger logger, int partition, ReadOutcome outcome, Realtime.Protocol.EntryId position,
            Realtime.Protocol.EntryId start, string missing);

        [LoggerMessage(2, LogLevel.Error, "The tail of partition {Partition} met a fault of ours; it begins anew.")]
        public static partial void Broken(ILogger logger, int partition, Exception exception);
    }
}
