namespace Realtime.Workers.History;

/// <summary>An agent's latest values, by state key.</summary>
internal sealed record AgentState(string Agent, SortedDictionary<string, HistoryEvent> Values)
{
    /// <summary>Stored bytes of the values.</summary>
    public long Bytes { get; set; }
}
