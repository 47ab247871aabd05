using System.Buffers;
using System.Net.WebSockets;
using Realtime.Client.Wire;

namespace Realtime.Client.Connections;

/// <summary>The form of the protocol that is spoken on an open socket, and sending in it.</summary>
internal sealed class SpokenForm(WebSocket socket)
{
    private readonly WireFormat _format = Subprotocols.ChosenOn(socket);

    /// <summary>The form of a frame that came, which must be this one.</summary>
    /// <exception cref="RealtimeException">It is against the protocol.</exception>
    public WireFormat Check(WebSocketMessageType type) => type == TypeOfFrames
        ? _format
        : throw new RealtimeException(
            ClientErrorCodes.Protocol, $"A frame of {type} came, but {_format} is spoken.", retry: true);

    /// <summary>
    /// Messages to the server are few and small: written as JSON, and made MessagePack of where that is spoken.
    /// </summary>
    public void Encode(ArrayBufferWriter<byte> output)
    {
        if (_format == WireFormat.MessagePack)
        {
            ClientMessages.ToMessagePack(output);
        }
    }

    /// <summary>Sends a message that was encoded, and makes room for the next.</summary>
    public async ValueTask SendAsync(ArrayBufferWriter<byte> output, CancellationToken cancellationToken)
    {
        await socket.SendAsync(output.WrittenMemory, TypeOfFrames, endOfMessage: true, cancellationToken);
        output.ResetWrittenCount();
    }

    private WebSocketMessageType TypeOfFrames =>
        _format == WireFormat.Json ? WebSocketMessageType.Text : WebSocketMessageType.Binary;
}
