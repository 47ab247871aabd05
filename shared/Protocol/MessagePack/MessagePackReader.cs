using System.Buffers.Binary;

namespace Realtime.Protocol.MessagePack;

/// <summary>
/// Reads MessagePack values from one piece of memory. Every <c>TryRead…</c> leaves the position where it was if it
/// returns false: the next value is of another type, does not fit, is cut off, or is damaged. Nothing is thrown or
/// allocated.
/// </summary>
public ref partial struct MessagePackReader
{
    private readonly ReadOnlySpan<byte> _data;

    /// <summary>Makes a reader that stands at the first byte.</summary>
    public MessagePackReader(ReadOnlySpan<byte> data) => _data = data;

    /// <summary>Bytes read so far.</summary>
    public int Position { get; private set; }

    /// <summary>Whether all bytes were read.</summary>
    public readonly bool IsAtEnd => Position == _data.Length;

    /// <summary>The type of the next value; false at the end.</summary>
    public readonly bool TryPeekType(out MessagePackType type)
    {
        type = IsAtEnd ? MessagePackType.Invalid : MessagePackCode.TypeOf(_data[Position]);
        return !IsAtEnd;
    }

    /// <summary>Reads nil.</summary>
    public bool TryReadNil()
    {
        if (IsAtEnd || _data[Position] != MessagePackCode.Nil)
        {
            return false;
        }

        Position++;
        return true;
    }

    /// <summary>Reads true or false.</summary>
    public bool TryReadBoolean(out bool value)
    {
        value = !IsAtEnd && _data[Position] == MessagePackCode.True;
        if (!value && (IsAtEnd || _data[Position] != MessagePackCode.False))
        {
            return false;
        }

        Position++;
        return true;
    }

    /// <summary>Reads a whole number of any form; false if it is above 2^63-1.</summary>
    public bool TryReadInt64(out long value)
    {
        if (TryPeekInteger(out value, out bool isUnsigned, out int length) && !(isUnsigned && value < 0))
        {
            Position += length;
            return true;
        }

        value = 0;
        return false;
    }

    /// <summary>Reads a whole number of any form; false if it is negative.</summary>
    public bool TryReadUInt64(out ulong value)
    {
        if (TryPeekInteger(out long bits, out bool isUnsigned, out int length) && (isUnsigned || bits >= 0))
        {
            Position += length;
            value = (ulong)bits;
            return true;
        }

        value = 0;
        return false;
    }

    /// <summary>Reads a whole number that fits into 32 bits.</summary>
    public bool TryReadInt32(out int value)
    {
        int start = Position;
        if (TryReadInt64(out long wide) && wide is >= int.MinValue and <= int.MaxValue)
        {
            value = (int)wide;
            return true;
        }

        Position = start;
        value = 0;
        return false;
    }

    /// <summary>Reads a float of 32 bits.</summary>
    public bool TryReadSingle(out float value)
    {
        value = 0;
        if (IsAtEnd || _data[Position] != MessagePackCode.Float32 || !TryPeekNumber(4, out ulong bits))
        {
            return false;
        }

        Position += 5;
        value = BitConverter.UInt32BitsToSingle((uint)bits);
        return true;
    }

    /// <summary>Reads a float of 64 or 32 bits.</summary>
    public bool TryReadDouble(out double value)
    {
        if (TryReadSingle(out float single))
        {
            value = single;
            return true;
        }

        value = 0;
        if (IsAtEnd || _data[Position] != MessagePackCode.Float64 || !TryPeekNumber(8, out ulong bits))
        {
            return false;
        }

        Position += 9;
        value = BitConverter.UInt64BitsToDouble(bits);
        return true;
    }

    /// <summary>Reads a text as its bytes, a view of the data. Whether they are UTF-8 is not checked.</summary>
    public bool TryReadString(out ReadOnlySpan<byte> utf8)
    {
        utf8 = default;
        return !IsAtEnd && (byte)(_data[Position] - MessagePackCode.FixString) < 32
            ? TryTake(1, (uint)(_data[Position] & 0x1f), out utf8)
            : TryReadSized(MessagePackCode.String8, 0, out utf8);
    }

    /// <summary>Reads bytes, a view of the data.</summary>
    public bool TryReadBinary(out ReadOnlySpan<byte> data) => TryReadSized(MessagePackCode.Binary8, 0, out data);

    /// <summary>Reads an extension: its type and its bytes, a view of the data. A timestamp is type -1.</summary>
    public bool TryReadExtension(out sbyte type, out ReadOnlySpan<byte> data)
    {
        int start = Position;
        data = default;
        bool read = !IsAtEnd && (byte)(_data[start] - MessagePackCode.FixExtension1) < 5
            ? TryTake(2, 1u << (_data[start] - MessagePackCode.FixExtension1), out data)
            : TryReadSized(MessagePackCode.Extension8, 1, out data);
        type = read ? (sbyte)_data[Position - data.Length - 1] : (sbyte)0;
        return read;
    }

    /// <summary>
    /// Reads the header of an array. <paramref name="count"/> is at most the number of bytes left, as each value takes
    /// one.
    /// </summary>
    public bool TryReadArrayHeader(out int count) =>
        TryReadHeader(MessagePackCode.FixArray, MessagePackCode.Array16, 1, out count);

    /// <summary>
    /// Reads the header of a map. <paramref name="count"/> (pairs) is at most half the number of bytes left.
    /// </summary>
    public bool TryReadMapHeader(out int count) =>
        TryReadHeader(MessagePackCode.FixMap, MessagePackCode.Map16, 2, out count);

    private readonly bool TryPeekInteger(out long value, out bool isUnsigned, out int length)
    {
        value = 0;
        isUnsigned = false;
        length = 0;
        if (IsAtEnd)
        {
            return false;
        }

        byte code = _data[Position];
        if (code is <= MessagePackCode.FixIntMax or >= MessagePackCode.NegativeFixIntMin)
        {
            value = (sbyte)code;
            length = 1;
            return true;
        }

        isUnsigned = code <= MessagePackCode.UInt64;
        int width = 1 << (code - (isUnsigned ? MessagePackCode.UInt8 : MessagePackCode.Int8) & 3);
        if (code is < MessagePackCode.UInt8 or > MessagePackCode.Int64 || !TryPeekNumber(width, out ulong bits))
        {
            return false;
        }

        // A signed number is moved up to the sign bit and back, which extends its sign.
        int unused = 64 - (8 * width);
        value = isUnsigned ? (long)bits : (long)(bits << unused) >> unused;
        length = 1 + width;
        return true;
    }

    // The `width` bytes after the code, big-endian.
    private readonly bool TryPeekNumber(int width, out ulong number)
    {
        number = 0;
        if (_data.Length - Position <= width)
        {
            return false;
        }

        ReadOnlySpan<byte> bytes = _data.Slice(Position + 1, width);
        number = width switch
        {
            1 => bytes[0],
            2 => BinaryPrimitives.ReadUInt16BigEndian(bytes),
            4 => BinaryPrimitives.ReadUInt32BigEndian(bytes),
            _ => BinaryPrimitives.ReadUInt64BigEndian(bytes),
        };
        return true;
    }

    // A code of three (8, 16, 32 bits of length), the length, `between` bytes, then so many bytes as the length says.
    private bool TryReadSized(byte code8, int between, out ReadOnlySpan<byte> data)
    {
        data = default;
        int size = IsAtEnd ? -1 : _data[Position] - code8;
        if (size is < 0 or > 2)
        {
            return false;
        }

        int width = 1 << size;
        return TryPeekNumber(width, out ulong length) && TryTake(1 + width + between, (uint)length, out data);
    }

    private bool TryTake(int headerLength, uint length, out ReadOnlySpan<byte> data)
    {
        data = default;
        int left = _data.Length - Position - headerLength;
        if (left < 0 || length > (uint)left)
        {
            return false;
        }

        data = _data.Slice(Position + headerLength, (int)length);
        Position += headerLength + (int)length;
        return true;
    }

    private bool TryReadHeader(byte fix, byte code16, int valuesEach, out int count)
    {
        count = 0;
        if (IsAtEnd)
        {
            return false;
        }

        byte code = _data[Position];
        int headerLength = 1;
        ulong wide = (ulong)(code & 0x0f);
        if ((code & 0xf0) != fix)
        {
            int width = code == code16 ? 2 : 4;
            if ((code != code16 && code != code16 + 1) || !TryPeekNumber(width, out wide))
            {
                return false;
            }

            headerLength += width;
        }

        if (wide * (ulong)valuesEach > (ulong)(_data.Length - Position - headerLength))
        {
            return false;
        }

        count = (int)wide;
        Position += headerLength;
        return true;
    }
}
