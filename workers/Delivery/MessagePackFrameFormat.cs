using System.Buffers;
using Realtime.Protocol;
using Realtime.Protocol.Events;
using Realtime.Protocol.MessagePack;
using Realtime.Protocol.Messages;
using Realtime.Protocol.WebSockets;
using Realtime.Workers.Delivery.Terminals;

namespace Realtime.Workers.Delivery;

/// <summary>
/// MessagePack in WebSocket binary frames: <c>realtime.v1.msgpack</c>. Payloads go out as they are stored; messages for
/// one connection are turned from their JSON, of which they are few and small.
/// </summary>
internal sealed class MessagePackFrameFormat : IWireFormat
{
    public int Index => 2;

    public bool FollowsBatchesWithCursor => false;

    public bool HasMarks => true;

    public void WriteEvent(
        IBufferWriter<byte> message, EventEnvelope envelope, EventPosition position, long sentMs, bool snapshot) =>
        EventMessagePack.Write(message, envelope, position, sentMs, snapshot);

    public ReadyFrame Frame(ReadOnlySpan<byte> message) => WebSocketFrames.Ready(WebSocketOpcode.Binary, message);

    public void WriteMessage(IBufferWriter<byte> output, ControlMessage message)
    {
        ArrayBufferWriter<byte> messagePack = FrameScratch.Take();
        ServerMessagePack.Write(messagePack, message.Json.Span);
        WebSocketFrames.Write(output, WebSocketOpcode.Binary, messagePack.WrittenSpan);
    }

    // Every client of this form reads LZ4.
    public TerminalForm TerminalFormOf(bool readsLz4) => TerminalForm.MessagePack;

    public void WriteTerminal(IBufferWriter<byte> output, ReadOnlySpan<byte> opening, ReadOnlySpan<byte> body)
    {
        WebSocketFrames.WriteHeader(output, WebSocketOpcode.Binary, opening.Length + body.Length);
        output.Write(body[..1]);
        output.Write(opening);
        output.Write(body[1..]);
    }

    public void WriteReplay(IBufferWriter<byte> output, ReadOnlySpan<byte> header, IReadOnlyList<ReadyFrame> frames)
    {
        // An array of the header and the events behind it.
        ArrayBufferWriter<byte> begin = FrameScratch.Take();
        MessagePackWriter.WriteArrayHeader(begin, 1 + frames.Count);
        ServerMessagePack.Write(begin, header);
        int length = begin.WrittenCount;
        foreach (ReadyFrame frame in frames)
        {
            length += frame.Body.Length;
        }

        WebSocketFrames.WriteHeader(output, WebSocketOpcode.Binary, length);
        output.Write(begin.WrittenSpan);
        foreach (ReadyFrame frame in frames)
        {
            output.Write(frame.Body);
        }
    }

    public void WriteHeartbeat(IBufferWriter<byte> output) => WebSocketFrames.Write(output, WebSocketOpcode.Ping, []);

    public void WriteMark(IBufferWriter<byte> output, long number) => WebSocketFrames.WriteMark(output, number);

    public void WriteCursor(IBufferWriter<byte> output, IReadOnlyList<EventPosition> cursor)
    {
    }

    public void WritePong(IBufferWriter<byte> output, ReadOnlySpan<byte> payload) =>
        WebSocketFrames.Write(output, WebSocketOpcode.Pong, payload);

    public void WriteClose(IBufferWriter<byte> output, CloseCode code, string reason) =>
        WebSocketFrameWriter.WriteClose(output, (int)code, reason);
}
