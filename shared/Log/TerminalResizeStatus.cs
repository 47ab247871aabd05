namespace Realtime.Log;

/// <summary>What became of a resize.</summary>
public enum TerminalResizeStatus
{
    /// <summary>Stored at the terminal's end. A terminal that wasn't there is made.</summary>
    Resized,

    /// <summary>It had this size already. Nothing is stored.</summary>
    Unchanged,

    /// <summary>The terminal has ended. Nothing is stored.</summary>
    Ended,

    /// <summary>A later life of the producer has claimed the terminal. Nothing is stored.</summary>
    StaleProducer,

    /// <summary>Another producer has claimed the terminal and holds a lease on it. Nothing is stored.</summary>
    Claimed,
}
