using Realtime.Protocol;

namespace Realtime.Client;

/// <summary>Events after a cursor, oldest first.</summary>
public sealed record HistoryQuery : EventQuery
{
    /// <summary>Behind these positions, at most one per stream; streams not named begin at the first event
    /// retained.</summary>
    public IReadOnlyList<EventPosition>? After { get; init; }

    /// <summary>Events of one page (1 to 1,000; null = the server's default, 100).</summary>
    public int? Limit { get; init; }
}
