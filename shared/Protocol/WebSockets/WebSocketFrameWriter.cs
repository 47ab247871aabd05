using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Realtime.Protocol.WebSockets;

/// <summary>
/// Writes WebSocket frames (RFC 6455, section 5.2), each a whole message. Frames of a server are not masked, those of a
/// client are.
/// </summary>
/// <remarks><code>
/// FIN|RSV=0|opcode   mask|length (7 bits; 126: 16 bits follow; 127: 64 bits follow)   [masking key, 4 bytes]   payload
/// </code></remarks>
public static class WebSocketFrameWriter
{
    /// <summary>Longest header of a server's frame, in bytes.</summary>
    public const int HeaderBytesMax = 10;

    /// <summary>Longest payload of a close, ping or pong frame, in bytes.</summary>
    public const int ControlBytesMax = 125;

    /// <summary>Longest reason of a close frame, in bytes of UTF-8.</summary>
    public const int CloseReasonBytesMax = ControlBytesMax - 2;

    private const byte Final = 0x80;
    private const byte Masked = 0x80;
    private const byte Length16 = 126;
    private const byte Length64 = 127;

    /// <summary>Bytes of the header of a server's frame.</summary>
    public static int HeaderLength(int payloadLength) => payloadLength switch
    {
        < Length16 => 2,
        <= ushort.MaxValue => 4,
        _ => HeaderBytesMax,
    };

    /// <summary>Writes the header of a server's frame; returns its length.</summary>
    public static int WriteHeader(Span<byte> destination, WebSocketOpcode opcode, int payloadLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(payloadLength);
        destination[0] = (byte)(Final | (byte)opcode);
        switch (payloadLength)
        {
            case < Length16:
                destination[1] = (byte)payloadLength;
                break;
            case <= ushort.MaxValue:
                destination[1] = Length16;
                BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)payloadLength);
                break;
            default:
                destination[1] = Length64;
                BinaryPrimitives.WriteUInt64BigEndian(destination[2..], (ulong)payloadLength);
                break;
        }

        return HeaderLength(payloadLength);
    }

    /// <summary>
    /// Makes a frame of a payload that was encoded before its length was known, with <see cref="HeaderBytesMax"/> bytes
    /// left free before it: puts the header right before the payload and returns where the frame begins.
    /// </summary>
    /// <param name="buffer">The free bytes, then the payload, up to the end.</param>
    /// <param name="opcode">What the frame is.</param>
    public static int WriteHeaderBefore(Span<byte> buffer, WebSocketOpcode opcode)
    {
        int payloadLength = buffer.Length - HeaderBytesMax;
        int start = HeaderBytesMax - HeaderLength(payloadLength);
        WriteHeader(buffer[start..], opcode, payloadLength);
        return start;
    }

    /// <summary>Writes a server's frame.</summary>
    public static void Write(IBufferWriter<byte> output, WebSocketOpcode opcode, ReadOnlySpan<byte> payload)
    {
        ThrowIfTooLongForControl(opcode, payload.Length);
        Span<byte> header = output.GetSpan(HeaderBytesMax);
        output.Advance(WriteHeader(header, opcode, payload.Length));
        output.Write(payload);
    }

    /// <summary>
    /// Writes a server's close frame. The reason is cut to 123 bytes, never inside a character.
    /// </summary>
    /// <param name="output">Where to.</param>
    /// <param name="code">The number; one that may be on the wire.</param>
    /// <param name="reason">Why, for people.</param>
    public static void WriteClose(IBufferWriter<byte> output, int code, string reason)
    {
        Span<byte> payload = stackalloc byte[ControlBytesMax];
        Write(output, WebSocketOpcode.Close, payload[..WriteClosePayload(payload, code, reason)]);
    }

    /// <summary>Writes a server's ping frame.</summary>
    public static void WritePing(IBufferWriter<byte> output, ReadOnlySpan<byte> payload) =>
        Write(output, WebSocketOpcode.Ping, payload);

    /// <summary>Writes a server's pong frame; the payload is that of the ping.</summary>
    public static void WritePong(IBufferWriter<byte> output, ReadOnlySpan<byte> payload) =>
        Write(output, WebSocketOpcode.Pong, payload);

    /// <summary>Writes a client's frame, masked by a key that should be random and new for each.</summary>
    public static void WriteMasked(
        IBufferWriter<byte> output, WebSocketOpcode opcode, ReadOnlySpan<byte> payload, uint key)
    {
        ThrowIfTooLongForControl(opcode, payload.Length);
        int headerLength = HeaderLength(payload.Length) + sizeof(uint);
        Span<byte> frame = output.GetSpan(headerLength + payload.Length);
        WriteHeader(frame, opcode, payload.Length);
        frame[1] |= Masked;
        BinaryPrimitives.WriteUInt32BigEndian(frame[(headerLength - sizeof(uint))..], key);
        Span<byte> masked = frame.Slice(headerLength, payload.Length);
        payload.CopyTo(masked);
        WebSocketMask.Apply(masked, key, 0);
        output.Advance(headerLength + payload.Length);
    }

    /// <summary>Writes a client's close frame; see <see cref="WriteClose"/>.</summary>
    public static void WriteMaskedClose(IBufferWriter<byte> output, int code, string reason, uint key)
    {
        Span<byte> payload = stackalloc byte[ControlBytesMax];
        WriteMasked(output, WebSocketOpcode.Close, payload[..WriteClosePayload(payload, code, reason)], key);
    }

    private static int WriteClosePayload(Span<byte> payload, int code, string reason)
    {
        if (!WebSocketCloseRules.IsValid(code))
        {
            throw new ArgumentOutOfRangeException(nameof(code), code, "Not a close code that may be on the wire.");
        }

        BinaryPrimitives.WriteUInt16BigEndian(payload, (ushort)code);
        int length = 2;
        foreach (Rune rune in reason.EnumerateRunes())
        {
            if (!rune.TryEncodeToUtf8(payload[length..], out int written))
            {
                break;
            }

            length += written;
        }

        return length;
    }

    private static void ThrowIfTooLongForControl(WebSocketOpcode opcode, int payloadLength)
    {
        if (opcode >= WebSocketOpcode.Close)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(payloadLength, ControlBytesMax);
        }
    }
}
