namespace Realtime.Edge;

/// <summary>What a forwarded request is to the edge: a closed set, safe as a metric's label.</summary>
internal enum TrafficKind
{
    /// <summary>Asked and answered.</summary>
    Request,

    /// <summary>A WebSocket, over HTTP/1.1 (upgrade) or HTTP/2 (extended CONNECT, RFC 8441).</summary>
    WebSocket,

    /// <summary>Server-sent events: one answer that stays open.</summary>
    EventStream,
}
