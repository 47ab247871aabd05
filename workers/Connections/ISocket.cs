using Realtime.Protocol.WebSockets;

namespace Realtime.Workers.Connections;

/// <summary>What is behind an open WebSocket: a viewer or a producer.</summary>
internal interface ISocket : IAsyncDisposable
{
    IConnection Connection { get; }

    /// <summary>What may be read from it.</summary>
    WebSocketReaderOptions ReaderOptions { get; }

    /// <summary>How fast the peer may send; messages are counted by who handles them, the rest by who reads.</summary>
    ConnectionRate Rate { get; }

    /// <summary>The send loop: true once we closed, false if the transport is gone or stuck.</summary>
    Task<bool> SendAsync();

    /// <summary>Called before anything is read.</summary>
    Task BeginAsync();

    /// <summary>Handles a message of the subprotocol's kind.</summary>
    /// <param name="reader">Whose buffer may be taken.</param>
    /// <param name="frame">The message, valid until this is done.</param>
    Task HandleAsync(WebSocketMessageReader reader, ReadOnlyMemory<byte> frame);
}
