using Realtime.Protocol;

namespace Realtime.Client;

/// <summary>The latest events.</summary>
public sealed record LatestQuery : EventQuery
{
    /// <summary>How many (1 to 1,000; default 100).</summary>
    public int Last { get; init; } = 100;

    /// <summary>Only those before these positions: <see cref="LatestPage.Before"/> of the page before; null = the
    /// end.</summary>
    public IReadOnlyList<EventPosition>? Before { get; init; }
}
