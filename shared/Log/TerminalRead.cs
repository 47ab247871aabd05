namespace Realtime.Log;

/// <summary>The answer to a read of a terminal.</summary>
public sealed record TerminalRead
{
    /// <summary>What became of the cursor (a given epoch that is none always stands).</summary>
    public required ReadOutcome Outcome { get; init; }

    /// <summary>
    /// Where the bytes of this answer begin: the given offset if whole, else where reading went on; in the present
    /// epoch.
    /// </summary>
    public required TerminalCursor Start { get; init; }

    /// <summary>
    /// The size in effect for the byte at <see cref="Start"/>, records there included, whether they are among the
    /// chunks or were read before; null if it isn't known.
    /// </summary>
    public TerminalSize? Size { get; init; }

    /// <summary>The terminal's bounds at the time of the read.</summary>
    public required TerminalBounds Bounds { get; init; }

    /// <summary>
    /// The bytes from <see cref="Start"/> on, in pieces of one source each, without holes, and the resizes between
    /// them; empty at the end.
    /// </summary>
    public required IReadOnlyList<TerminalChunk> Chunks { get; init; }
}
