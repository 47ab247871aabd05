namespace Realtime.Loadtests.Terminals;

/// <summary>By which way terminals are written.</summary>
internal enum ProducerKind
{
    /// <summary><c>WS /v1/publish</c> in MessagePack, one socket for each terminal.</summary>
    Socket,

    /// <summary><c>POST /v1/tasks/{task}/terminal</c>, one keep-alive connection for each terminal.</summary>
    Http,
}
