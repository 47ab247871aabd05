using Realtime.Log;
using Realtime.Protocol;
using Realtime.Protocol.Messages;

namespace Realtime.Workers.Delivery;

/// <summary>What a viewer will never get, and why.</summary>
internal readonly record struct Gap(
    EventPosition After, EventPosition ResumesAt, EventPosition Cursor, long? Missing, GapReason Reason)
{
    /// <summary>The same gap, if delivery goes on at a later place than the read that found it.</summary>
    public Gap Until(StreamCursor start) => this with
    {
        Cursor = start.In(After.Partition),
        ResumesAt = (start with { Entry = start.Entry with { Offset = start.Entry.Offset + 1 } }).In(After.Partition),

        // Known only where the offsets count one history.
        Missing = After.Epoch == start.Epoch ? start.Entry.Offset - After.Entry.Offset : null,
    };

    /// <summary>The gap that a read found which could not go on from where the viewer stood.</summary>
    /// <param name="partition">Number of the partition.</param>
    /// <param name="after">Where the viewer stood.</param>
    /// <param name="outcome">What the read found; not <see cref="ReadOutcome.Whole"/>.</param>
    /// <param name="start">Where the read went on.</param>
    /// <param name="missing">How many entries are gone, if known.</param>
    /// <param name="first">The first event that will come, if there is one yet.</param>
    public static Gap Between(
        int partition, StreamCursor after, ReadOutcome outcome, StreamCursor start, long? missing, SharedEvent? first)
    {
        // Nothing to come yet: the next event will have this offset, and no earlier time.
        StreamCursor resumesAt = first?.Position
            ?? start with { Entry = start.Entry with { Offset = start.Entry.Offset + 1 } };
        return new Gap(
            after.In(partition), resumesAt.In(partition), start.In(partition), missing,
            outcome == ReadOutcome.Trimmed ? GapReason.Retention : GapReason.Epoch);
    }
}
