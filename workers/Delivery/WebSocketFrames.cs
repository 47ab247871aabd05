using System.Buffers;
using System.Buffers.Binary;
using Realtime.Protocol.WebSockets;

namespace Realtime.Workers.Delivery;

/// <summary>Whole frames of a server (RFC 6455), written by us so that one is made once for all its
/// receivers.</summary>
internal static class WebSocketFrames
{
    /// <summary>A frame of its own memory, to be shared.</summary>
    public static ReadyFrame Ready(WebSocketOpcode opcode, ReadOnlySpan<byte> payload)
    {
        int headerLength = WebSocketFrameWriter.HeaderLength(payload.Length);
        byte[] frame = new byte[headerLength + payload.Length];
        WebSocketFrameWriter.WriteHeader(frame, opcode, payload.Length);
        payload.CopyTo(frame.AsSpan(headerLength));
        return new ReadyFrame(frame, headerLength, payload.Length);
    }

    public static void Write(IBufferWriter<byte> output, WebSocketOpcode opcode, ReadOnlySpan<byte> payload)
    {
        WriteHeader(output, opcode, payload.Length);
        output.Write(payload);
    }

    /// <summary>A ping, which is answered by a pong with its payload (RFC 6455, section 5.5.3): 8 bytes, the
    /// number.</summary>
    public static void WriteMark(IBufferWriter<byte> output, long number)
    {
        Span<byte> payload = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(payload, number);
        Write(output, WebSocketOpcode.Ping, payload);
    }

    /// <summary>The number of the mark that a pong answers; false if it answers none.</summary>
    public static bool TryReadMark(ReadOnlySpan<byte> pong, out long number) =>
        BinaryPrimitives.TryReadInt64BigEndian(pong, out number) && pong.Length == sizeof(long);

    /// <summary>A header, behind which so many bytes must follow.</summary>
    public static void WriteHeader(IBufferWriter<byte> output, WebSocketOpcode opcode, int length)
    {
        Span<byte> header = output.GetSpan(WebSocketFrameWriter.HeaderLength(length));
        output.Advance(WebSocketFrameWriter.WriteHeader(header, opcode, length));
    }
}
