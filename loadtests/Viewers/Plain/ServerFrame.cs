using System.Buffers.Binary;
using Realtime.Protocol.WebSockets;

namespace Realtime.Loadtests.Viewers.Plain;

/// <summary>One frame of a server, as it lies in a buffer (RFC 6455, section 5.2).</summary>
internal readonly ref struct ServerFrame
{
    private const byte Final = 0x80;
    private const byte OpcodeBits = 0x0f;
    private const int Length16 = 126;
    private const int Length64 = 127;

    private ServerFrame(byte first, ReadOnlySpan<byte> payload)
    {
        IsFinal = (first & Final) != 0;
        Opcode = (WebSocketOpcode)(first & OpcodeBits);
        Payload = payload;
    }

    /// <summary>What it is.</summary>
    public WebSocketOpcode Opcode { get; }

    /// <summary>Whether the message ends with it.</summary>
    public bool IsFinal { get; }

    /// <summary>What it holds.</summary>
    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>Reads one and moves <paramref name="rest"/> behind it; false if it is not all there.</summary>
    public static bool TryRead(ref ReadOnlySpan<byte> rest, out ServerFrame frame)
    {
        frame = default;
        if (rest.Length < 2)
        {
            return false;
        }

        int header = rest[1] switch { Length16 => 4, Length64 => 10, _ => 2 };
        if (rest.Length < header)
        {
            return false;
        }

        long length = rest[1] switch
        {
            Length16 => BinaryPrimitives.ReadUInt16BigEndian(rest[2..]),
            Length64 => BinaryPrimitives.ReadInt64BigEndian(rest[2..]),
            _ => rest[1],
        };
        if (length > rest.Length - header)
        {
            return false;
        }

        frame = new ServerFrame(rest[0], rest.Slice(header, (int)length));
        rest = rest[(header + (int)length)..];
        return true;
    }
}
