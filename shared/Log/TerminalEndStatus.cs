namespace Realtime.Log;

/// <summary>What became of an attempt to end a terminal.</summary>
public enum TerminalEndStatus
{
    /// <summary>Ended now. A terminal without output is created and ended.</summary>
    Ended,

    /// <summary>It had ended before, with the exit code returned.</summary>
    EndedBefore,
}
