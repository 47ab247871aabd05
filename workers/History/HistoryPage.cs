using Realtime.Protocol;

namespace Realtime.Workers.History;

/// <summary>Events of a tenant's streams, in one order.</summary>
/// <param name="Events">Ordered by append time, then partition.</param>
/// <param name="Next">One position per stream: everything up to there is in this page or was filtered out.</param>
/// <param name="Gaps">What is missing.</param>
/// <param name="HasMore">Whether there was more when the page was full.</param>
internal sealed record HistoryPage(
    IReadOnlyList<HistoryEvent> Events,
    IReadOnlyList<EventPosition> Next,
    IReadOnlyList<HistoryGap> Gaps,
    bool HasMore);
