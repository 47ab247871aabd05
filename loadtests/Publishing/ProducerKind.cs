namespace Realtime.Loadtests.Publishing;

/// <summary>By which way events are published and terminals written.</summary>
internal enum ProducerKind
{
    /// <summary><c>WS /v1/publish</c>: one socket for each producer.</summary>
    Socket,

    /// <summary><c>POST</c>: one keep-alive connection for each producer.</summary>
    Http,
}
