namespace Realtime.Log;

/// <summary>What became of an attempt to end a terminal.</summary>
public enum TerminalEndStatus
{
    /// <summary>Ended now. A terminal without output is created and ended.</summary>
    Ended,

    /// <summary>It had ended before, with the exit code returned.</summary>
    EndedBefore,

    /// <summary>A later life of the producer has claimed the terminal. It goes on.</summary>
    StaleProducer,

    /// <summary>Another producer has claimed the terminal and holds a lease on it. It goes on.</summary>
    Claimed,
}
