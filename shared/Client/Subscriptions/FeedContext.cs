using Realtime.Client.Connections;

namespace Realtime.Client.Subscriptions;

/// <summary>What the subscriptions of a client have in common.</summary>
/// <param name="Options">The client's options.</param>
/// <param name="Registry">All of them.</param>
/// <param name="Clock">The server's clock.</param>
/// <param name="Wake">Has the connection look for what is to be sent.</param>
internal sealed record FeedContext(RealtimeClientOptions Options, FeedRegistry Registry, ServerClock Clock, Action Wake)
{
    /// <summary>Unacknowledged bytes of a terminal, at most; the protocol's default until a <c>welcome</c> says
    /// so.</summary>
    public int TerminalWindowBytes { get; set; } = 256 * 1024;
}
