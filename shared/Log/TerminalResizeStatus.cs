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
}
