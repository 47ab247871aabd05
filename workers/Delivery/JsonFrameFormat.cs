using System.Buffers;
using Realtime.Protocol;
using Realtime.Protocol.Events;
using Realtime.Protocol.WebSockets;
using Realtime.Workers.Delivery.Terminals;

namespace Realtime.Workers.Delivery;

/// <summary>JSON in WebSocket text frames: <c>realtime.v1.json</c>.</summary>
internal sealed class JsonFrameFormat : IWireFormat
{
    public int Index => 0;

    public bool FollowsBatchesWithCursor => false;

    public bool HasMarks => true;

    public void WriteEvent(
        IBufferWriter<byte> message, EventEnvelope envelope, EventPosition position, long sentMs, bool snapshot) =>
        EventJson.Write(message, envelope, position, sentMs, snapshot);

    public ReadyFrame Frame(ReadOnlySpan<byte> message) => WebSocketFrames.Ready(WebSocketOpcode.Text, message);

    public void WriteMessage(IBufferWriter<byte> output, ControlMessage message) =>
        WebSocketFrames.Write(output, WebSocketOpcode.Text, message.Json.Span);

    public TerminalForm TerminalFormOf(bool readsLz4) => readsLz4 ? TerminalForm.Lz4Base64 : TerminalForm.Base64;

    public void WriteTerminal(IBufferWriter<byte> output, ReadOnlySpan<byte> opening, ReadOnlySpan<byte> body)
    {
        WebSocketFrames.WriteHeader(output, WebSocketOpcode.Text, opening.Length + body.Length);
        output.Write(body[..1]);
        output.Write(opening);
        output.Write(body[1..]);
    }

    public void WriteReplay(IBufferWriter<byte> output, ReadOnlySpan<byte> header, IReadOnlyList<ReadyFrame> frames)
    {
        // [header,event,event,…]: two brackets and a comma before each event.
        int length = 2 + header.Length;
        foreach (ReadyFrame frame in frames)
        {
            length += 1 + frame.Body.Length;
        }

        WebSocketFrames.WriteHeader(output, WebSocketOpcode.Text, length);
        output.Write("["u8);
        output.Write(header);
        foreach (ReadyFrame frame in frames)
        {
            output.Write(","u8);
            output.Write(frame.Body);
        }

        output.Write("]"u8);
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
