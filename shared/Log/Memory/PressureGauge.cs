namespace Realtime.Log.Memory;

/// <summary>
/// How far the live readers of one stream have read, and whether its producers are paused. Not thread-safe.
/// </summary>
internal sealed class PressureGauge(int limit, BackpressureOptions options)
{
    private static readonly long ReaderLifeMs = (long)LogLimits.ReaderLife.TotalMilliseconds;

    private readonly Dictionary<string, Report> _readers = new(StringComparer.Ordinal);
    private bool _paused;

    public void Read(string reader, long offset, long nowMs)
    {
        // Here too, so that readers that come and go do not add up between two sweeps.
        Expire(nowMs);
        _readers[reader] = new Report(offset, nowMs);
    }

    /// <summary>Forgets all readers: what they have read is there no more.</summary>
    public void Clear() => _readers.Clear();

    /// <summary>Forgets readers that are no longer live.</summary>
    public void Expire(long nowMs)
    {
        foreach ((string reader, Report report) in _readers)
        {
            if (!IsLive(report, nowMs))
            {
                _readers.Remove(reader);
            }
        }
    }

    public bool HasLiveReaders(long nowMs) => _readers.Values.Any(r => IsLive(r, nowMs));

    /// <summary>Entries or bytes between the slowest live reader and the end.</summary>
    public long DepthAt(long lastOffset, long nowMs)
    {
        long slowest = lastOffset;
        foreach (Report report in _readers.Values)
        {
            if (IsLive(report, nowMs))
            {
                slowest = Math.Min(slowest, report.Offset);
            }
        }

        return lastOffset - slowest;
    }

    public bool Refuses(long depth) => options.Enabled && depth >= limit;

    /// <summary>What producers are told at this depth: between the two thresholds, what they were told last.</summary>
    public Pressure At(long depth)
    {
        _paused = options.Enabled
            && (depth >= options.PauseThreshold * limit || (_paused && depth >= options.ResumeThreshold * limit));
        return new Pressure(_paused ? PressureState.Pause : PressureState.Ok, depth, limit);
    }

    private static bool IsLive(Report report, long nowMs) => nowMs - report.ReportedMs < ReaderLifeMs;

    private readonly record struct Report(long Offset, long ReportedMs);
}
