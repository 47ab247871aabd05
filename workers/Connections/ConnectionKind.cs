namespace Realtime.Workers.Connections;

/// <summary>Whose a connection is.</summary>
internal enum ConnectionKind
{
    /// <summary>A viewer's WebSocket.</summary>
    Viewer,

    /// <summary>A producer's WebSocket.</summary>
    Producer,

    /// <summary>A viewer's Server-Sent Events.</summary>
    Stream,
}
