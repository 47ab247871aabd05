using Realtime.Log;
using Realtime.Workers.Delivery.Terminals;

namespace Realtime.Workers.Tail;

/// <summary>What a tail knows of its terminal, in one look.</summary>
/// <param name="Bounds">What of it is retained, as last seen; null if there is no such terminal.</param>
/// <param name="Cut">The offset up to which live output was cut; -1 if none was in this epoch.</param>
/// <param name="Trailing">The record without bytes that was read at <paramref name="Cut"/>, if there is one.</param>
internal sealed record TerminalKnown(TerminalBounds? Bounds, long Cut, TerminalBatch? Trailing)
{
    /// <summary>
    /// Beyond this much output that nobody has read, the live end is left for history: whoever comes from there reads
    /// whole blocks, as all others that are behind do.
    /// </summary>
    private const int LiveBytesMax = 8 * TerminalCutter.BlockBytes;

    public static readonly TerminalKnown Nothing = new(null, -1, null);

    /// <summary>Whether anything stands at or behind a position of this epoch, within what is known.</summary>
    public bool HasMore(TerminalCursor position) => Bounds is { } bounds
        && (bounds.End > position.Offset || (bounds.End == position.Offset && bounds.Records > position.Records));

    /// <summary>
    /// Whether more bytes alone are news for who is parked: it waits for anything, or what it waits for is no longer
    /// there and never will be cut.
    /// </summary>
    public bool Concerns(long parkedAt) => parkedAt == TerminalSubscription.ParkedForAnything
        || (parkedAt >= 0 && Bounds is { } bounds && (parkedAt < bounds.Start || parkedAt > bounds.End));

    /// <summary>
    /// Where to cut from for who waits at an offset. Who waits a little behind what was cut last joins there: it gets
    /// the rest of its batch, then whole ones.
    /// </summary>
    public long CutFrom(long wanted) =>
        Cut >= 0 && wanted >= Cut && wanted - Cut < TerminalBatch.BytesMax ? Cut : wanted;

    /// <summary>
    /// Whether the byte at a retained offset is history, to be read in whole blocks. Live is what was not cut yet of
    /// the last block, and what follows the last cut.
    /// </summary>
    public bool IsHistory(long offset) =>
        offset < Cut
        || (TerminalCutter.BlockStart(offset) + TerminalCutter.BlockBytes <= Bounds!.Value.End
            && (offset != Cut || Bounds.Value.End - Cut > LiveBytesMax));
}
