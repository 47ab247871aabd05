using Realtime.Protocol;
using Realtime.Protocol.Messages;

namespace Realtime.Workers.History;

/// <summary>Something that is missing in what is answered.</summary>
/// <param name="After">The position that was asked for.</param>
/// <param name="ResumesAt">The first entry after the gap; if there is none yet, the position to go on from.</param>
/// <param name="Missing">How many entries; null if that can't be known.</param>
/// <param name="Reason">Why.</param>
internal readonly record struct HistoryGap(
    EventPosition After, EventPosition ResumesAt, long? Missing, GapReason Reason);
