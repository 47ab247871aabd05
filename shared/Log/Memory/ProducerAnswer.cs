using Realtime.Protocol;

namespace Realtime.Log.Memory;

/// <summary>An answer to a producer: consecutive numbers that got consecutive offsets at one time.</summary>
internal readonly record struct ProducerAnswer(long Seq, int Count, StreamCursor First)
{
    public bool Holds(long seq) => seq >= Seq && seq < Seq + Count;

    public StreamCursor PositionOf(long seq) =>
        First with { Entry = new EntryId(First.Entry.Ms, First.Entry.Offset + seq - Seq) };

    /// <summary>Whether an event with the next number, stored there, belongs to the same answer.</summary>
    public bool GoesOnAt(StreamCursor position) =>
        position == First with { Entry = new EntryId(First.Entry.Ms, First.Entry.Offset + Count) };
}
