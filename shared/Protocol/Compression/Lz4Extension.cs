using System.Buffers;
using Realtime.Protocol.MessagePack;

namespace Realtime.Protocol.Compression;

/// <summary>
/// An LZ4 block inside MessagePack, with the length that it has to come to: the form that MessagePack libraries with
/// LZ4 use. Extension type 99 of <c>[length as MessagePack integer][block]</c>.
/// </summary>
public static class Lz4Extension
{
    /// <summary>The extension's type number.</summary>
    public const sbyte Type = 99;

    /// <summary>Bytes around a block: the extension's header and type, and the longest length.</summary>
    public const int OverheadBytesMax = 6 + 5;

    /// <summary>
    /// <c>c7 u8</c>, <c>c8 u16</c>, <c>c9 u32</c> or <c>d4..d8</c>; <c>63</c>; the length before compression as an
    /// integer in its shortest form; the block.
    /// </summary>
    /// <returns>The number of bytes written.</returns>
    public static int Write(IBufferWriter<byte> output, int length, ReadOnlySpan<byte> block)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        int header = MessagePackWriter.WriteExtensionHeader(
            output, Type, MessagePackWriter.IntegerLength((ulong)length) + block.Length);
        return header + MessagePackWriter.WriteInteger(output, length) + MessagePackWriter.WriteRaw(output, block);
    }

    /// <summary>
    /// Reads one; false, with the position where it was, if the next value is another, is damaged, or says that it
    /// comes to more than <paramref name="lengthMax"/> bytes. The block is a view of the data and not yet looked into:
    /// give <see cref="Lz4Block.TryDecompress"/> a target of just <paramref name="length"/> bytes.
    /// </summary>
    public static bool TryRead(
        ref MessagePackReader reader, int lengthMax, out int length, out ReadOnlySpan<byte> block)
    {
        MessagePackReader ahead = reader;
        block = default;
        length = 0;
        if (!ahead.TryReadExtension(out sbyte type, out ReadOnlySpan<byte> data) || type != Type)
        {
            return false;
        }

        var inside = new MessagePackReader(data);
        if (!inside.TryReadInt32(out int said) || said < 0 || said > lengthMax)
        {
            return false;
        }

        length = said;
        block = data[inside.Position..];
        reader = ahead;
        return true;
    }
}
