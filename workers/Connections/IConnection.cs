using Realtime.Hosting.Identity;
using Realtime.Workers.Delivery;

namespace Realtime.Workers.Connections;

/// <summary>A connection as the registry knows it: a viewer's or a producer's.</summary>
internal interface IConnection
{
    string SessionId { get; }

    /// <summary>Whose it is, and until when.</summary>
    HeldIdentity Held { get; }

    Identity Identity => Held.Current;

    Outbox Outbox { get; }

    /// <summary>Its heartbeats, and whether it lives.</summary>
    Pulse Pulse { get; }

    /// <summary>How many subscriptions it has.</summary>
    int SubscriptionCount { get; }

    /// <summary>Called about once a second.</summary>
    void Tick(long now);

    /// <summary>Tells the client that its token ends soon, and the connection with it.</summary>
    void TellExpiring(DateTimeOffset expiresAt);

    /// <summary>Tells the client to leave and come back after a delay, then closes.</summary>
    void Drain(TimeSpan deadline, TimeSpan delay);

    /// <summary>Tells the client that the log is away.</summary>
    void TellLogAway();
}
