using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Realtime.Protocol.MessagePack;

/// <summary>
/// Writes MessagePack values, each in its shortest form, so that equal values are equal bytes. Every method returns the
/// number of bytes written. Arrays and maps are a header followed by that many values (for maps: twice as many).
/// </summary>
public static class MessagePackWriter
{
    /// <summary>Bytes of the longest header of a text, array or map.</summary>
    public const int HeaderBytesMax = 5;

    /// <summary><c>c0</c>.</summary>
    public static int WriteNil(IBufferWriter<byte> output) => WriteByte(output, MessagePackCode.Nil);

    /// <summary><c>c2</c> or <c>c3</c>.</summary>
    public static int WriteBoolean(IBufferWriter<byte> output, bool value) =>
        WriteByte(output, value ? MessagePackCode.True : MessagePackCode.False);

    /// <summary>
    /// Negative: <c>e0..ff</c> from -32 on, else <c>d0 i8</c>, <c>d1 i16</c>, <c>d2 i32</c>, <c>d3 i64</c>; others as
    /// <see cref="WriteInteger(IBufferWriter{byte}, ulong)"/>.
    /// </summary>
    public static int WriteInteger(IBufferWriter<byte> output, long value) => value switch
    {
        >= 0 => WriteInteger(output, (ulong)value),
        >= -32 => WriteByte(output, (byte)value),
        >= sbyte.MinValue => WriteNumber(output, MessagePackCode.Int8, 1, (ulong)value),
        >= short.MinValue => WriteNumber(output, MessagePackCode.Int16, 2, (ulong)value),
        >= int.MinValue => WriteNumber(output, MessagePackCode.Int32, 4, (ulong)value),
        _ => WriteNumber(output, MessagePackCode.Int64, 8, (ulong)value),
    };

    /// <summary><c>00..7f</c>, <c>cc u8</c>, <c>cd u16</c>, <c>ce u32</c> or <c>cf u64</c>, big-endian.</summary>
    public static int WriteInteger(IBufferWriter<byte> output, ulong value) => value switch
    {
        <= MessagePackCode.FixIntMax => WriteByte(output, (byte)value),
        <= byte.MaxValue => WriteNumber(output, MessagePackCode.UInt8, 1, value),
        <= ushort.MaxValue => WriteNumber(output, MessagePackCode.UInt16, 2, value),
        <= uint.MaxValue => WriteNumber(output, MessagePackCode.UInt32, 4, value),
        _ => WriteNumber(output, MessagePackCode.UInt64, 8, value),
    };

    /// <summary><c>ca f32</c>, big-endian.</summary>
    public static int WriteSingle(IBufferWriter<byte> output, float value) =>
        WriteNumber(output, MessagePackCode.Float32, 4, BitConverter.SingleToUInt32Bits(value));

    /// <summary><c>cb f64</c>, big-endian.</summary>
    public static int WriteDouble(IBufferWriter<byte> output, double value) =>
        WriteNumber(output, MessagePackCode.Float64, 8, BitConverter.DoubleToUInt64Bits(value));

    /// <summary><c>a0..bf</c>, <c>d9 u8</c>, <c>da u16</c> or <c>db u32</c>, then the UTF-8 bytes.</summary>
    public static int WriteString(IBufferWriter<byte> output, ReadOnlySpan<byte> utf8) =>
        WriteStringHeader(output, utf8.Length) + WriteRaw(output, utf8);

    /// <summary>As the other; lone surrogates become U+FFFD.</summary>
    public static int WriteString(IBufferWriter<byte> output, ReadOnlySpan<char> text)
    {
        int length = Encoding.UTF8.GetByteCount(text);
        int header = WriteStringHeader(output, length);
        Encoding.UTF8.GetBytes(text, output.GetSpan(length));
        output.Advance(length);
        return header + length;
    }

    /// <summary>A text, or nil for null.</summary>
    public static int WriteStringOrNil(IBufferWriter<byte> output, string? text) =>
        text is null ? WriteNil(output) : WriteString(output, text.AsSpan());

    /// <summary><c>c4 u8</c>, <c>c5 u16</c> or <c>c6 u32</c>, then the bytes.</summary>
    public static int WriteBinary(IBufferWriter<byte> output, ReadOnlySpan<byte> data) => data.Length switch
    {
        <= byte.MaxValue => WriteNumber(output, MessagePackCode.Binary8, 1, (ulong)data.Length),
        <= ushort.MaxValue => WriteNumber(output, MessagePackCode.Binary16, 2, (ulong)data.Length),
        _ => WriteNumber(output, MessagePackCode.Binary32, 4, (ulong)data.Length),
    }
    + WriteRaw(output, data);

    /// <summary><c>90..9f</c>, <c>dc u16</c> or <c>dd u32</c>; <paramref name="count"/> values must follow.</summary>
    public static int WriteArrayHeader(IBufferWriter<byte> output, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return count switch
        {
            < 16 => WriteByte(output, (byte)(MessagePackCode.FixArray | count)),
            <= ushort.MaxValue => WriteNumber(output, MessagePackCode.Array16, 2, (ulong)count),
            _ => WriteNumber(output, MessagePackCode.Array32, 4, (ulong)count),
        };
    }

    /// <summary><c>80..8f</c>, <c>de u16</c> or <c>df u32</c>; <paramref name="count"/> pairs must follow.</summary>
    public static int WriteMapHeader(IBufferWriter<byte> output, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return count switch
        {
            < 16 => WriteByte(output, (byte)(MessagePackCode.FixMap | count)),
            <= ushort.MaxValue => WriteNumber(output, MessagePackCode.Map16, 2, (ulong)count),
            _ => WriteNumber(output, MessagePackCode.Map32, 4, (ulong)count),
        };
    }

    /// <summary>
    /// <c>d4..d8</c> for 1, 2, 4, 8, 16 bytes, else <c>c7 u8</c>, <c>c8 u16</c>, <c>c9 u32</c>; then the type, then the
    /// bytes.
    /// </summary>
    public static int WriteExtension(IBufferWriter<byte> output, sbyte type, ReadOnlySpan<byte> data) =>
        WriteExtensionHeader(output, type, data.Length) + WriteRaw(output, data);

    /// <summary>As <see cref="WriteExtension"/>; <paramref name="length"/> bytes must follow.</summary>
    public static int WriteExtensionHeader(IBufferWriter<byte> output, sbyte type, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        int header = length switch
        {
            1 => WriteByte(output, MessagePackCode.FixExtension1),
            2 => WriteByte(output, MessagePackCode.FixExtension1 + 1),
            4 => WriteByte(output, MessagePackCode.FixExtension1 + 2),
            8 => WriteByte(output, MessagePackCode.FixExtension1 + 3),
            16 => WriteByte(output, MessagePackCode.FixExtension16),
            <= byte.MaxValue => WriteNumber(output, MessagePackCode.Extension8, 1, (ulong)length),
            <= ushort.MaxValue => WriteNumber(output, MessagePackCode.Extension16, 2, (ulong)length),
            _ => WriteNumber(output, MessagePackCode.Extension32, 4, (ulong)length),
        };
        return header + WriteByte(output, (byte)type);
    }

    /// <summary>How many bytes <see cref="WriteInteger(IBufferWriter{byte}, ulong)"/> writes.</summary>
    public static int IntegerLength(ulong value) => value switch
    {
        <= MessagePackCode.FixIntMax => 1,
        <= byte.MaxValue => 2,
        <= ushort.MaxValue => 3,
        <= uint.MaxValue => 5,
        _ => 9,
    };

    /// <summary>Bytes that are MessagePack already.</summary>
    public static int WriteRaw(IBufferWriter<byte> output, ReadOnlySpan<byte> messagePack)
    {
        output.Write(messagePack);
        return messagePack.Length;
    }

    private static int WriteStringHeader(IBufferWriter<byte> output, int length) => length switch
    {
        < 32 => WriteByte(output, (byte)(MessagePackCode.FixString | length)),
        <= byte.MaxValue => WriteNumber(output, MessagePackCode.String8, 1, (ulong)length),
        <= ushort.MaxValue => WriteNumber(output, MessagePackCode.String16, 2, (ulong)length),
        _ => WriteNumber(output, MessagePackCode.String32, 4, (ulong)length),
    };

    private static int WriteByte(IBufferWriter<byte> output, byte value)
    {
        output.GetSpan(1)[0] = value;
        output.Advance(1);
        return 1;
    }

    // The low `width` bytes of the number, big-endian.
    private static int WriteNumber(IBufferWriter<byte> output, byte code, int width, ulong number)
    {
        Span<byte> span = output.GetSpan(1 + sizeof(ulong));
        span[0] = code;
        BinaryPrimitives.WriteUInt64BigEndian(span[1..], number << (64 - (8 * width)));
        output.Advance(1 + width);
        return 1 + width;
    }
}
