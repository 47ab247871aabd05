using Realtime.Loadtests.Load;
using Realtime.Loadtests.Steps;

namespace Realtime.Loadtests.Terminals;

/// <summary>
/// When the bytes of a terminal were due: equal writes on schedule, from an offset on. A write is delivered with its
/// last byte, and its latency counts from when it was due.
/// </summary>
/// <param name="Start">Offset of the first write.</param>
/// <param name="WriteBytes">Bytes of each.</param>
/// <param name="Schedule">When they are due.</param>
/// <param name="Count">How many.</param>
/// <param name="Deliver">Where latencies go.</param>
internal sealed record WriteTimes(
    long Start, int WriteBytes, OpenLoopSchedule Schedule, long Count, Step Deliver)
{
    /// <summary>The offset behind the last write.</summary>
    public long End => Start + (Count * WriteBytes);

    /// <summary>Records the writes whose last byte is one of those from one offset to before another, that came
    /// now.</summary>
    public void Record(long from, long until, long now)
    {
        long first = Math.Max(0, (from - Start) / WriteBytes);
        long behind = Math.Min(Count, (until - Start) / WriteBytes);
        for (long write = first; write < behind; write++)
        {
            Deliver.Ok(Schedule.DueOf(write), now);
        }
    }
}
