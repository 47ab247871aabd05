using Realtime.Protocol;

namespace Realtime.Log;

/// <summary>The answer to a read of an event stream.</summary>
public sealed record EventRead
{
    /// <summary>What became of the cursor.</summary>
    public required ReadOutcome Outcome { get; init; }

    /// <summary>
    /// Where this read started: the given cursor if <see cref="ReadOutcome.Whole"/>, else where it went on, in the
    /// stream's present epoch (the entry itself need not exist; the next one has its offset + 1).
    /// </summary>
    public required StreamCursor Start { get; init; }

    /// <summary>
    /// How many entries between the given cursor and <see cref="Start"/> are gone; null if that can't be known.
    /// </summary>
    public long? Missing { get; init; }

    /// <summary>The last entry of the stream at the time of the read.</summary>
    public required EntryId Last { get; init; }

    /// <summary>The log's clock at the time of the read, milliseconds since 1970.</summary>
    public required long NowMs { get; init; }

    /// <summary>The entries after <see cref="Start"/>, oldest first, their offsets without holes.</summary>
    public required IReadOnlyList<LogEntry> Entries { get; init; }
}
