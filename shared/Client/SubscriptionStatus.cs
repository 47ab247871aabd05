namespace Realtime.Client;

/// <summary>What a subscription does now.</summary>
public enum SubscriptionStatus
{
    /// <summary>It is being made, for the first time or on a new connection.</summary>
    Subscribing,

    /// <summary>The server delivers.</summary>
    Active,

    /// <summary>The server does not deliver: the application paused it, or has more waiting than it may.</summary>
    Paused,

    /// <summary>It has ended.</summary>
    Closed,
}
