using System.Buffers;
using System.Buffers.Binary;

namespace Realtime.Protocol.WebSockets;

/// <summary>The header of a frame, checked as far as it can be without knowing what came before.</summary>
internal readonly record struct WebSocketFrameHeader(WebSocketOpcode Opcode, bool IsFinal, long Length, uint MaskKey)
{
    // Two bytes, 64 bits of length, the masking key.
    private const int BytesMax = 14;

    public bool IsControl => Opcode >= WebSocketOpcode.Close;

    /// <summary>
    /// Reads a header; false if more bytes are needed. <paramref name="violation"/> is set if it breaks a rule, as soon
    /// as that shows.
    /// </summary>
    public static bool TryRead(
        ReadOnlySequence<byte> buffer, bool peerMasks,
        out WebSocketFrameHeader header, out int headerLength, out string? violation)
    {
        header = default;
        headerLength = 2;
        violation = null;
        if (buffer.Length < 2)
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[BytesMax];
        bytes = bytes[..(int)Math.Min(BytesMax, buffer.Length)];
        buffer.Slice(0, bytes.Length).CopyTo(bytes);
        violation = CheckFirstBytes(bytes[0], bytes[1], peerMasks);
        if (violation is not null)
        {
            return true;
        }

        int shortLength = bytes[1] & 0x7f;
        int lengthWidth = shortLength switch { 126 => 2, 127 => 8, _ => 0 };
        headerLength += lengthWidth + (peerMasks ? sizeof(uint) : 0);
        if (bytes.Length < headerLength)
        {
            return false;
        }

        ulong length = lengthWidth switch
        {
            2 => BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]),
            8 => BinaryPrimitives.ReadUInt64BigEndian(bytes[2..]),
            _ => (ulong)shortLength,
        };
        if ((lengthWidth == 2 && length < 126) || (lengthWidth == 8 && length is <= ushort.MaxValue or > long.MaxValue))
        {
            violation = "the length is not in its shortest form";
            return true;
        }

        uint key = peerMasks ? BinaryPrimitives.ReadUInt32BigEndian(bytes[(2 + lengthWidth)..]) : 0;
        var opcode = (WebSocketOpcode)(bytes[0] & 0x0f);
        header = new WebSocketFrameHeader(opcode, (bytes[0] & 0x80) != 0, (long)length, key);
        return true;
    }

    private static string? CheckFirstBytes(byte first, byte second, bool peerMasks)
    {
        var opcode = (WebSocketOpcode)(first & 0x0f);
        bool isControl = opcode >= WebSocketOpcode.Close;
        if ((first & 0x70) != 0)
        {
            return "a reserved bit is set";
        }

        if (opcode is (> WebSocketOpcode.Binary and < WebSocketOpcode.Close) or > WebSocketOpcode.Pong)
        {
            return "unknown opcode";
        }

        if ((second & 0x80) != 0 != peerMasks)
        {
            return peerMasks ? "a frame is not masked" : "a frame is masked";
        }

        if (isControl && (first & 0x80) == 0)
        {
            return "a control frame is fragmented";
        }

        return isControl && (second & 0x7f) > WebSocketFrameWriter.ControlBytesMax
            ? "a control frame is longer than 125 bytes"
            : null;
    }
}
