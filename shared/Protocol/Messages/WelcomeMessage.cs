using System.Collections.Immutable;

namespace Realtime.Protocol.Messages;

/// <summary>What <c>welcome</c> tells.</summary>
public sealed record WelcomeMessage
{
    /// <summary>The session's id.</summary>
    public required string Session { get; init; }

    /// <summary>Features in use.</summary>
    public ImmutableArray<string> Features { get; init; } = [];

    /// <summary>Heartbeat interval, milliseconds.</summary>
    public required int HeartbeatMs { get; init; }

    /// <summary>Largest message the server reads, bytes.</summary>
    public required int MessageBytesMax { get; init; }

    /// <summary>Most subscriptions of one connection.</summary>
    public required int SubscriptionsMax { get; init; }

    /// <summary>Unacknowledged bytes of one terminal subscription, at most.</summary>
    public required int TerminalWindowBytes { get; init; }

    /// <summary>The server's clock, milliseconds since 1970.</summary>
    public required long TimeMs { get; init; }
}
