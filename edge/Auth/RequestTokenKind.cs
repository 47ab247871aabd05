namespace Realtime.Edge.Auth;

/// <summary>What a request carries to say whose it is.</summary>
internal enum RequestTokenKind
{
    /// <summary>A token.</summary>
    Token,

    /// <summary>A ticket, which a worker made for just one use.</summary>
    Ticket,
}
