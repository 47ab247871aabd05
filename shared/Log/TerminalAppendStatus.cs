namespace Realtime.Log;

/// <summary>What became of a terminal append.</summary>
public enum TerminalAppendStatus
{
    /// <summary>At least one byte was new and is stored.</summary>
    Stored,

    /// <summary>All bytes were there already.</summary>
    Duplicate,

    /// <summary>The offset is beyond the end: bytes between are missing. Nothing is stored.</summary>
    Hole,

    /// <summary>The terminal has ended. Nothing is stored.</summary>
    Ended,

    /// <summary>
    /// <see cref="TerminalAppend.AfterLoss"/> names another epoch than the terminal's. Nothing is stored.
    /// </summary>
    OtherEpoch,

    /// <summary>The slowest live reader is too far behind. Nothing is stored; worth a retry later.</summary>
    Pressure,

    /// <summary>
    /// The bytes would reach beyond <see cref="LogLimits.TerminalEndMax"/>. Nothing is stored, and never will be.
    /// </summary>
    OffsetsUsedUp,

    /// <summary>A later life of the producer has claimed the terminal. Nothing is stored.</summary>
    StaleProducer,

    /// <summary>Another producer has claimed the terminal and holds a lease on it. Nothing is stored.</summary>
    Claimed,
}
