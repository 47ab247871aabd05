using Realtime.Protocol;

namespace Realtime.Client;

/// <summary>A page of history. It may be short, or even empty, and yet not the last.</summary>
/// <param name="Events">The events, oldest first.</param>
/// <param name="Next">What to ask for next as <see cref="HistoryQuery.After"/>.</param>
/// <param name="Gaps">What is missing behind the positions that were given.</param>
/// <param name="More">Whether there is more.</param>
public sealed record HistoryPage(
    IReadOnlyList<AgentEvent> Events, IReadOnlyList<EventPosition> Next, IReadOnlyList<EventGap> Gaps, bool More);
