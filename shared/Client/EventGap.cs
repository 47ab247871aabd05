using Realtime.Protocol;
using Realtime.Protocol.Messages;

namespace Realtime.Client;

/// <summary>Events of one stream that should have come and are gone.</summary>
/// <param name="Partition">The stream's partition.</param>
/// <param name="After">The last position before the gap.</param>
/// <param name="ResumesAt">The first event that comes after it.</param>
/// <param name="Missing">How many are missing; null if nobody can know.</param>
/// <param name="Reason">Why.</param>
public sealed record EventGap(
    int Partition, EventPosition? After, EventPosition? ResumesAt, long? Missing, GapReason Reason);
