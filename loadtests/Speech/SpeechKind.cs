namespace Realtime.Loadtests.Speech;

/// <summary>What the WebSockets of a system under load speak.</summary>
internal enum SpeechKind
{
    /// <summary>The product's protocol: the query subscribes.</summary>
    Realtime,

    /// <summary>Socket.IO 4 on Engine.IO 4.</summary>
    SocketIo,

    /// <summary>SignalR's JSON protocol.</summary>
    SignalR,

    /// <summary>NATS.</summary>
    Nats,
}
