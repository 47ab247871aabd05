namespace Realtime.Cli.Terminals;

/// <summary>What a wait for a descriptor ended with.</summary>
internal enum Readiness
{
    /// <summary>The next read or write does not wait, or tells the end.</summary>
    Ready,

    /// <summary>A <see cref="StopSignal"/> was set.</summary>
    Stopped,

    /// <summary>Nothing came in the time.</summary>
    TimedOut,
}
