namespace Realtime.Edge;

/// <summary>Why the edge itself answered no: a closed set, safe as a metric's label.</summary>
internal enum EdgeRefusal
{
    /// <summary>Too many new sockets a second.</summary>
    HandshakeRate,

    /// <summary>Too many new sockets a second from one address.</summary>
    AddressHandshakeRate,

    /// <summary>Too many open sockets of one address.</summary>
    AddressSockets,

    /// <summary>Too many TLS handshakes wait.</summary>
    HandshakeQueue,

    /// <summary>Too many WebSockets and event streams are opened a second.</summary>
    ConnectionRate,

    /// <summary>Too many WebSockets and event streams are opened a second from one address.</summary>
    AddressConnectionRate,

    /// <summary>Too many requests a second from one address.</summary>
    AddressRequestRate,

    /// <summary>A request line or headers that are larger or more than allowed; the server's own answer.</summary>
    HeadTooLarge,

    /// <summary>A request line or headers that did not come in time; the server's own answer.</summary>
    SlowHead,

    /// <summary>No request that the server could read; its own answer.</summary>
    BadHead,

    /// <summary>A request that two servers could read differently.</summary>
    AmbiguousRequest,

    /// <summary>A tunnel for something else than a WebSocket.</summary>
    Tunnel,

    /// <summary>A page of another origin.</summary>
    Origin,

    /// <summary>A producer without a client certificate.</summary>
    ClientCertificate,

    /// <summary>The request carries two different tokens or tickets, or one of each.</summary>
    ConflictingTokens,

    /// <summary>The ticket opens nothing.</summary>
    BadTicket,

    /// <summary>Nobody could say whose the ticket is.</summary>
    TicketUnavailable,

    /// <summary>Workers are being asked about as many tickets as may be at once.</summary>
    TicketRate,

    /// <summary>Too many connections on this edge.</summary>
    EdgeConnections,

    /// <summary>Too many connections of the tenant.</summary>
    TenantConnections,

    /// <summary>Too many connections of the subject.</summary>
    SubjectConnections,

    /// <summary>The edge is leaving service.</summary>
    Draining,

    /// <summary>The body is too large.</summary>
    TooLarge,

    /// <summary>The body broke off, or is no HTTP.</summary>
    BadBody,

    /// <summary>The body had not come as a whole in time.</summary>
    SlowBody,

    /// <summary>No worker is healthy, or none took it.</summary>
    NoWorker,

    /// <summary>A worker broke off.</summary>
    BadGateway,

    /// <summary>A worker did not answer in time.</summary>
    AnswerTimeout,

    /// <summary>The token of the operators is missing or wrong.</summary>
    AdminToken,
}
