namespace Realtime.Edge.Tls;

/// <summary>
/// Which door a connection came in by. Told by the socket, never by the Host header, which is the client's.
/// </summary>
internal enum Listener
{
    /// <summary>Clients: publishers and viewers.</summary>
    Public,

    /// <summary>Operators.</summary>
    Admin,

    /// <summary>Clients without TLS, who are sent to the public one.</summary>
    Redirect,
}
