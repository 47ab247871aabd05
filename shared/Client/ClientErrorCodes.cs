namespace Realtime.Client;

/// <summary>
/// Codes of <see cref="RealtimeException"/> that the SDK gives by itself; all others are the protocol's
/// (<see cref="Realtime.Protocol.Messages.ErrorCodes"/>).
/// </summary>
public static class ClientErrorCodes
{
    /// <summary>So many attempts to connect failed in a row as <see cref="ReconnectOptions.AttemptsMax"/>
    /// allows.</summary>
    public const string AttemptsExhausted = "attempts_exhausted";

    /// <summary>The <see cref="TokenProvider"/> failed, or gave what can't be a token, or one that is of no
    /// use.</summary>
    public const string TokenFailed = "token_failed";

    /// <summary>The token ends soon and can't be renewed, as it never changes: only told, as a notice.</summary>
    public const string TokenExpiring = "token_expiring";

    /// <summary>The application closed the client.</summary>
    public const string Closed = "closed";

    /// <summary>The network failed, or what answered was no Realtime edge.</summary>
    public const string Network = "network";

    /// <summary>It took longer than an option allows.</summary>
    public const string Timeout = "timeout";

    /// <summary>The server sent what the protocol does not allow.</summary>
    public const string Protocol = "protocol";
}
