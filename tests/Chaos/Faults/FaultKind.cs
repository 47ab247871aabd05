namespace Realtime.Tests.Chaos.Faults;

/// <summary>What is done to a part, or to the network between two.</summary>
internal enum FaultKind
{
    /// <summary>kill -9, and started again.</summary>
    Kill,

    /// <summary>SIGTERM, and started again.</summary>
    Leave,

    /// <summary>SIGSTOP, and SIGCONT after a while.</summary>
    Freeze,

    /// <summary>All workers drained and put back, one after the other, by the admin API.</summary>
    RollingDrain,

    /// <summary>All connections reset; new ones are refused for a while.</summary>
    Cut,

    /// <summary>Each piece of bytes comes late for a while.</summary>
    Slow,

    /// <summary>Nothing travels for a while; then all of it comes.</summary>
    Mute,

    /// <summary>The connections there are stay, and never carry anything again; new ones work.</summary>
    HalfOpen,
}
