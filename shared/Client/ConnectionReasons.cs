namespace Realtime.Client;

/// <summary>Why there is a wait before the next attempt to connect (<see cref="ConnectionState.Reason"/>). The same in
/// every SDK.</summary>
public static class ConnectionReasons
{
    /// <summary>The server leaves, and said when to come back.</summary>
    public const string Drain = "drain";

    /// <summary>The server closed the connection, with a number.</summary>
    public const string Closed = "closed";

    /// <summary>The connection broke.</summary>
    public const string Lost = "lost";

    /// <summary>Nothing came for twice the heartbeat.</summary>
    public const string DeadPeer = "dead_peer";

    /// <summary>No connection could be made.</summary>
    public const string Unreachable = "unreachable";

    /// <summary>The attempt took longer than <see cref="RealtimeClientOptions.ConnectTimeout"/>.</summary>
    public const string Timeout = "timeout";

    /// <summary>The server answered that it can't take us now.</summary>
    public const string Refused = "refused";

    /// <summary>The token does not hold: a fresh one is asked for.</summary>
    public const string Unauthorized = "unauthorized";

    /// <summary>The <see cref="TokenProvider"/> failed, or gave what can't be a token.</summary>
    public const string TokenFailed = "token_failed";

    /// <summary>The server sent what the protocol does not allow.</summary>
    public const string Protocol = "protocol";
}
