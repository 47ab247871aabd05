namespace Realtime.Log;

/// <summary>A stream's end and the latest value of each of its state keys at that end.</summary>
public sealed record StreamOpening
{
    /// <summary>The last entry and the epoch.</summary>
    public required StreamCursor End { get; init; }

    /// <summary>The log's clock, milliseconds since 1970.</summary>
    public required long NowMs { get; init; }

    /// <summary>
    /// For each state key the event that holds its latest value, with the id it was appended under, in order of ids.
    /// </summary>
    public required IReadOnlyList<StateValue> State { get; init; }
}
