using System.Buffers;
using Realtime.Protocol;
using Realtime.Protocol.WebSockets;

namespace Realtime.Workers.Delivery;

/// <summary>JSON in WebSocket text frames (RFC 6455), written by us so that a frame is made once for all its receivers.</summary>
internal sealed class JsonFrameFormat : IWireFormat
{
    public int Index => 0;

    public bool FollowsBatchesWithCursor => false;

    public ReadyFrame EncodeEvent(ReadOnlySpan<byte> json)
    {
        int headerLength = WebSocketFrameWriter.HeaderLength(json.Length);
        byte[] frame = new byte[headerLength + json.Length];
        WebSocketFrameWriter.WriteHeader(frame, WebSocketOpcode.Text, json.Length);
        json.CopyTo(frame.AsSpan(headerLength));
        return new ReadyFrame(frame, headerLength, json.Length);
    }

    public void WriteMessage(IBufferWriter<byte> output, ControlMessage message)
    {
        WriteHeader(output, message.Json.Length);
        output.Write(message.Json.Span);
    }

    public void WriteReplay(IBufferWriter<byte> output, ReadOnlySpan<byte> header, IReadOnlyList<ReadyFrame> frames)
    {
        // [header,event,event,…]: two brackets and a comma before each event.
        int length = 2 + header.Length;
        foreach (ReadyFrame frame in frames)
        {
            length += 1 + frame.Body.Length;
        }

        WriteHeader(output, length);
        output.Write("["u8);
        output.Write(header);
        foreach (ReadyFrame frame in frames)
        {
            output.Write(","u8);
            output.Write(frame.Body);
        }

        output.Write("]"u8);
    }

    public void WriteHeartbeat(IBufferWriter<byte> output)
    {
        Span<byte> ping = output.GetSpan(2);
        output.Advance(WebSocketFrameWriter.WriteHeader(ping, WebSocketOpcode.Ping, 0));
    }

    public void WriteCursor(IBufferWriter<byte> output, IReadOnlyList<EventPosition> cursor)
    {
    }

    public void WritePong(IBufferWriter<byte> output, ReadOnlySpan<byte> payload)
    {
        Span<byte> header = output.GetSpan(2);
        output.Advance(WebSocketFrameWriter.WriteHeader(header, WebSocketOpcode.Pong, payload.Length));
        output.Write(payload);
    }

    public void WriteClose(IBufferWriter<byte> output, CloseCode code, string reason) =>
        WebSocketFrameWriter.WriteClose(output, (int)code, reason);

    private static void WriteHeader(IBufferWriter<byte> output, int length)
    {
        Span<byte> header = output.GetSpan(WebSocketFrameWriter.HeaderLength(length));
        output.Advance(WebSocketFrameWriter.WriteHeader(header, WebSocketOpcode.Text, length));
    }
}
