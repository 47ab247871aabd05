namespace Realtime.Client;

/// <summary>The latest values of agents' state keys.</summary>
public sealed record ValuesQuery : EventQuery
{
    /// <summary>Agents of one page; null = the server's default.</summary>
    public int? Limit { get; init; }

    /// <summary>Only agents behind this name: the last one of the page before.</summary>
    public string? AfterAgent { get; init; }
}
