using System.Globalization;
using Realtime.Log;

namespace Realtime.Workers.Tail;

/// <summary>
/// Says in the log of the process that history was lost: once for each tenant and loss, not for each of its streams,
/// which all find out by themselves within a moment.
/// </summary>
internal sealed partial class LossNotices(TimeProvider clock, ILogger<LossNotices> logger) : IDisposable
{
    // A quiet stream finds out with its next periodic read, about half a second later.
    private static readonly TimeSpan GatheredFor = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly Dictionary<(string Tenant, bool IsTrimmed), Notice> _notices = [];

    /// <summary>A tail found that the history after its position is not whole.</summary>
    /// <param name="stream">Which one.</param>
    /// <param name="outcome">What it was told.</param>
    /// <param name="missing">How many entries it misses, if that is known.</param>
    public void Lost(StreamKey stream, ReadOutcome outcome, long? missing)
    {
        var key = (stream.Tenant, IsTrimmed: outcome == ReadOutcome.Trimmed);
        lock (_gate)
        {
            if (!_notices.TryGetValue(key, out Notice? notice))
            {
                notice = new Notice();
                notice.Due = clock.CreateTimer(_ => Tell(key), null, GatheredFor, Timeout.InfiniteTimeSpan);
                _notices.Add(key, notice);
            }

            notice.Streams++;
            notice.Missing += missing ?? 0;
            notice.IsUncounted |= missing is null;
        }
    }

    /// <summary>Says at once what is still gathered.</summary>
    public void Dispose()
    {
        (string, bool)[] left;
        lock (_gate)
        {
            left = [.. _notices.Keys];
        }

        Array.ForEach(left, Tell);
    }

    private void Tell((string Tenant, bool IsTrimmed) key)
    {
        Notice? notice;
        lock (_gate)
        {
            if (!_notices.Remove(key, out notice))
            {
                return;
            }
        }

        notice.Due?.Dispose();
        string missing = (notice.IsUncounted ? "an unknown number, at least " : string.Empty)
            + notice.Missing.ToString(CultureInfo.InvariantCulture);
        if (key.IsTrimmed)
        {
            Log.Trimmed(logger, notice.Streams, missing);
        }
        else
        {
            Log.Lost(logger, notice.Streams, missing);
        }
    }

    private sealed class Notice
    {
        public int Streams { get; set; }

        public long Missing { get; set; }

        public bool IsUncounted { get; set; }

        public ITimer? Due { get; set; }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The log has lost history of {Streams} streams of one tenant: entries that "
            + "are gone: {Missing}. Tails go on in a new epoch; viewers are told. Check persistence and failover of "
            + "Redis.")]
        public static partial void Lost(ILogger logger, int streams, string missing);

        [LoggerMessage(2, LogLevel.Warning, "Tails of {Streams} streams of one tenant came too late: retention took "
            + "entries that they had not read: {Missing}. They go on; viewers are told. Check retention against "
            + "outages.")]
        public static partial void Trimmed(ILogger logger, int streams, string missing);
    }
}
