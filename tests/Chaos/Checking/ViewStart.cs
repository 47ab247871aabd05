namespace Realtime.Tests.Chaos.Checking;

/// <summary>Where a client's view begins.</summary>
internal enum ViewStart
{
    /// <summary>With the first event of all.</summary>
    First,

    /// <summary>At the live end when it subscribed.</summary>
    Live,

    /// <summary>The same, with the latest values before it.</summary>
    Snapshot,
}
