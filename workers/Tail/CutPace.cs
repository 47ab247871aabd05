using Realtime.Workers.Delivery.Terminals;

namespace Realtime.Workers.Tail;

/// <summary>
/// When live output is cut: at once if nothing was for an interval, else when the interval is over or a full batch
/// waits. Owned by the tail's loop.
/// </summary>
internal sealed class CutPace(TimeProvider clock)
{
    /// <summary>Looks within one interval: how soon a full batch is noticed, against what asking costs.</summary>
    private const int LooksPerInterval = 4;

    private long? _cutAt;
    private long? _lookedAt;

    /// <summary>Least time between two cuts, unless a full batch waits.</summary>
    public TimeSpan Interval { get; set; }

    /// <summary>When to ask again although nothing happens; null if there is nothing to wait for.</summary>
    public long? WaitsUntil { get; private set; }

    /// <param name="isStale">Whether there may be more than is known.</param>
    /// <param name="isWanted">Whether a viewer waits for live output.</param>
    /// <param name="waiting">Bytes that are known to wait for it.</param>
    public CutStep Next(bool isStale, bool isWanted, long waiting)
    {
        WaitsUntil = null;
        if (isWanted && (isStale || waiting > 0))
        {
            if (IsOver(_cutAt, 1))
            {
                return CutStep.CutAll;
            }

            if (waiting >= TerminalBatch.BytesMax)
            {
                return CutStep.CutWhole;
            }

            WaitsUntil = At(_cutAt, 1);
            if (!isStale)
            {
                return CutStep.Wait;
            }

            if (IsOver(_lookedAt, LooksPerInterval))
            {
                return CutStep.Look;
            }

            WaitsUntil = Math.Min(WaitsUntil.Value, At(_lookedAt, LooksPerInterval));
            return CutStep.Wait;
        }

        if (!isStale)
        {
            return CutStep.Wait;
        }

        // Nobody waits for bytes, but who is behind wants to know the bounds; often enough is enough.
        if (IsOver(_lookedAt, 1))
        {
            return CutStep.Look;
        }

        WaitsUntil = At(_lookedAt, 1);
        return CutStep.Wait;
    }

    public void Looked() => _lookedAt = clock.GetTimestamp();

    // A cut is what the first look after it may follow at once.
    public void Cut()
    {
        _cutAt = clock.GetTimestamp();
        _lookedAt = null;
    }

    private bool IsOver(long? since, int parts) => since is null || clock.GetTimestamp() >= At(since, parts);

    private long At(long? since, int parts) =>
        since!.Value + (long)(Interval.TotalSeconds * clock.TimestampFrequency / parts);
}
