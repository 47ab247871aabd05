using Realtime.Protocol;

namespace Realtime.Workers.History;

/// <summary>The newest events of a tenant's streams, in one order.</summary>
/// <param name="Events">Ordered by append time, then partition, then offset: oldest first.</param>
/// <param name="Cursor">The streams' ends at the time of reading; null if the page did not begin there.</param>
/// <param name="Before">For each stream that has older entries where they end; empty = nothing older is left.</param>
internal sealed record LatestPage(
    IReadOnlyList<HistoryEvent> Events, IReadOnlyList<EventPosition>? Cursor, IReadOnlyList<EventPosition> Before);
