namespace Realtime.Log;

/// <summary>The answer to a backward read of an event stream.</summary>
public sealed record EventReadBack
{
    /// <summary>
    /// What became of the position: <see cref="ReadOutcome.Whole"/> = what is retained before it ends right before it;
    /// <see cref="ReadOutcome.Trimmed"/> = it is itself older than everything retained; the others as their names
    /// say. Only if whole there may be entries.
    /// </summary>
    public required ReadOutcome Outcome { get; init; }

    /// <summary>The end of the stream at the time of the read, in its present epoch.</summary>
    public required StreamCursor End { get; init; }

    /// <summary>Whether entries older than these are retained, so that it is worth reading on.</summary>
    public required bool HasOlder { get; init; }

    /// <summary>The entries before the position, newest first, their offsets without holes.</summary>
    public required IReadOnlyList<LogEntry> Entries { get; init; }
}
