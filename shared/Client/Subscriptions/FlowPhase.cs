namespace Realtime.Client.Subscriptions;

/// <summary>Where a subscription stands on the present connection.</summary>
internal enum FlowPhase
{
    /// <summary>The server does not know of it.</summary>
    Apart,

    /// <summary><c>subscribe</c> was sent.</summary>
    Subscribing,

    /// <summary>The server delivers.</summary>
    Active,

    /// <summary><c>pause</c> was sent; what comes until <c>paused</c> still belongs to it.</summary>
    Pausing,

    /// <summary>The server keeps its place.</summary>
    Paused,

    /// <summary><c>resume</c> was sent; nothing belongs to it until <c>subscribed</c>.</summary>
    Resuming,

    /// <summary>Over.</summary>
    Ended,
}
