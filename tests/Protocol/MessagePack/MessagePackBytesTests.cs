using System.Buffers;
using Realtime.Protocol.MessagePack;
using Realtime.Tests.Support;

namespace Realtime.Tests.Protocol.MessagePack;

/// <summary>Each format of the specification, as exact bytes, both ways, and cut off at every byte.</summary>
public sealed class MessagePackBytesTests
{
    public static TheoryData<long, string> SignedNumbers => new()
    {
        { 0, "00" }, { 1, "01" }, { 127, "7f" }, { 128, "cc80" }, { 255, "ccff" }, { 256, "cd0100" },
        { 65_535, "cdffff" }, { 65_536, "ce00010000" }, { uint.MaxValue, "ceffffffff" },
        { uint.MaxValue + 1L, "cf0000000100000000" }, { (1L << 53) + 1, "cf0020000000000001" },
        { long.MaxValue, "cf7fffffffffffffff" },
        { -1, "ff" }, { -32, "e0" }, { -33, "d0df" }, { -128, "d080" }, { -129, "d1ff7f" },
        { short.MinValue, "d18000" }, { short.MinValue - 1, "d2ffff7fff" }, { int.MinValue, "d280000000" },
        { int.MinValue - 1L, "d3ffffffff7fffffff" }, { long.MinValue, "d38000000000000000" },
    };

    // Longer forms than needed, which other writers may choose.
    public static TheoryData<long, string> LongForms => new()
    {
        { 1, "cc01" }, { 1, "cd0001" }, { 1, "ce00000001" }, { 1, "cf0000000000000001" },
        { 1, "d001" }, { 1, "d10001" }, { 1, "d200000001" }, { 1, "d30000000000000001" },
        { -1, "d0ff" }, { -1, "d1ffff" }, { -1, "d2ffffffff" }, { -1, "d3ffffffffffffffff" },
    };

    [Theory]
    [MemberData(nameof(SignedNumbers))]
    public void Whole_numbers_have_their_shortest_form(long value, string hex)
    {
        Assert.Equal(hex, Hex(o => MessagePackWriter.WriteInteger(o, value)));
        Assert.Equal(value, ReadInt64(hex));
        AssertCutOffIsRefused(hex);
    }

    [Theory]
    [MemberData(nameof(LongForms))]
    public void Longer_forms_of_whole_numbers_are_read(long value, string hex)
    {
        Assert.Equal(value, ReadInt64(hex));
        AssertCutOffIsRefused(hex);
    }

    [Fact]
    public void Numbers_above_63_bits_are_read_as_unsigned_only()
    {
        Assert.Equal("cfffffffffffffffff", Hex(o => MessagePackWriter.WriteInteger(o, ulong.MaxValue)));
        var reader = new MessagePackReader(Bytes.FromHex("cfffffffffffffffff"));
        Assert.False(reader.TryReadInt64(out _));
        Assert.False(reader.TryReadInt32(out _));
        Assert.Equal(0, reader.Position);
        Assert.True(reader.TryReadUInt64(out ulong value));
        Assert.Equal(ulong.MaxValue, value);
        Assert.True(reader.IsAtEnd);
    }

    [Fact]
    public void Negative_numbers_are_not_read_as_unsigned()
    {
        var reader = new MessagePackReader(Bytes.FromHex("ff"));
        Assert.False(reader.TryReadUInt64(out _));
        Assert.True(reader.TryReadInt32(out int value));
        Assert.Equal(-1, value);
    }

    [Theory]
    [InlineData(int.MaxValue, true)]
    [InlineData(int.MinValue, true)]
    [InlineData(int.MaxValue + 1L, false)]
    [InlineData(int.MinValue - 1L, false)]
    public void Numbers_of_32_bits_end_where_they_should(long value, bool fits)
    {
        var reader = new MessagePackReader(Bytes.Of(o => MessagePackWriter.WriteInteger(o, value)));
        Assert.Equal(fits, reader.TryReadInt32(out int read));
        Assert.Equal(fits ? value : 0, read);
    }

    [Fact]
    public void Nil_booleans_and_floats_are_exact()
    {
        Assert.Equal("c0", Hex(o => MessagePackWriter.WriteNil(o)));
        Assert.Equal("c2", Hex(o => MessagePackWriter.WriteBoolean(o, false)));
        Assert.Equal("c3", Hex(o => MessagePackWriter.WriteBoolean(o, true)));
        Assert.Equal("ca3fc00000", Hex(o => MessagePackWriter.WriteSingle(o, 1.5f)));
        Assert.Equal("cb3ff8000000000000", Hex(o => MessagePackWriter.WriteDouble(o, 1.5)));

        var reader = new MessagePackReader(Bytes.FromHex("c0 c2 c3 ca3fc00000 cb3ff8000000000000"));
        Assert.True(reader.TryReadNil());
        Assert.True(reader.TryReadBoolean(out bool no) && !no);
        Assert.True(reader.TryReadBoolean(out bool yes) && yes);
        Assert.True(reader.TryReadDouble(out double single));
        Assert.False(reader.TryReadSingle(out _));
        Assert.True(reader.TryReadDouble(out double wide));
        Assert.Equal((1.5, 1.5), (single, wide));
        Assert.True(reader.IsAtEnd);
        AssertCutOffIsRefused("ca3fc00000");
        AssertCutOffIsRefused("cb3ff8000000000000");
    }

    [Theory]
    [InlineData(0, "a0")]
    [InlineData(31, "bf")]
    [InlineData(32, "d920")]
    [InlineData(255, "d9ff")]
    [InlineData(256, "da0100")]
    [InlineData(65_535, "daffff")]
    [InlineData(65_536, "db00010000")]
    public void Texts_have_their_shortest_header(int length, string header)
    {
        string text = new('x', length);
        byte[] written = Bytes.Of(o => MessagePackWriter.WriteString(o, text));
        AssertHeader(header, length, written);
        var reader = new MessagePackReader(written);
        Assert.True(reader.TryReadString(out ReadOnlySpan<byte> utf8));
        Assert.Equal(length, utf8.Length);
        Assert.True(reader.IsAtEnd);
        AssertCutOffIsRefused(written);
    }

    [Theory]
    [InlineData(0, "c400")]
    [InlineData(255, "c4ff")]
    [InlineData(256, "c50100")]
    [InlineData(65_536, "c600010000")]
    public void Bytes_have_their_shortest_header(int length, string header)
    {
        byte[] written = Bytes.Of(o => MessagePackWriter.WriteBinary(o, new byte[length]));
        AssertHeader(header, length, written);
        var reader = new MessagePackReader(written);
        Assert.True(reader.TryReadBinary(out ReadOnlySpan<byte> data));
        Assert.Equal(length, data.Length);
        Assert.True(reader.IsAtEnd);
        AssertCutOffIsRefused(written);
    }

    [Theory]
    [InlineData(1, "d4")]
    [InlineData(2, "d5")]
    [InlineData(4, "d6")]
    [InlineData(8, "d7")]
    [InlineData(16, "d8")]
    [InlineData(0, "c700")]
    [InlineData(3, "c703")]
    [InlineData(17, "c711")]
    [InlineData(256, "c80100")]
    [InlineData(65_536, "c900010000")]
    public void Extensions_have_their_shortest_header(int length, string header)
    {
        byte[] data = new byte[length];
        data.AsSpan().Fill(0xab);
        byte[] written = Bytes.Of(o => MessagePackWriter.WriteExtension(o, -1, data));
        AssertHeader(header + "ff", length, written);
        var reader = new MessagePackReader(written);
        Assert.True(reader.TryReadExtension(out sbyte type, out ReadOnlySpan<byte> read));
        Assert.Equal(-1, type);
        Assert.True(read.SequenceEqual(data));
        Assert.True(reader.IsAtEnd);
        AssertCutOffIsRefused(written);
    }

    [Theory]
    [InlineData(0, "90", "80")]
    [InlineData(15, "9f", "8f")]
    [InlineData(16, "dc0010", "de0010")]
    [InlineData(65_535, "dcffff", "deffff")]
    [InlineData(65_536, "dd00010000", "df00010000")]
    public void Arrays_and_maps_have_their_shortest_header(int count, string array, string map)
    {
        byte[] writtenArray = Bytes.Of(o => Repeat(o, MessagePackWriter.WriteArrayHeader(o, count), count));
        byte[] writtenMap = Bytes.Of(o => Repeat(o, MessagePackWriter.WriteMapHeader(o, count), 2 * count));
        AssertHeader(array, count, writtenArray);
        AssertHeader(map, 2 * count, writtenMap);

        var arrays = new MessagePackReader(writtenArray);
        var maps = new MessagePackReader(writtenMap);
        Assert.True(arrays.TryReadArrayHeader(out int items));
        Assert.True(maps.TryReadMapHeader(out int pairs));
        Assert.Equal((count, count), (items, pairs));
        AssertCutOffIsRefused(writtenArray);
        AssertCutOffIsRefused(writtenMap);
    }

    [Fact]
    public void Each_reading_refuses_every_other_type_and_stays()
    {
        string[] each = ["c0", "c2", "01", "ff", "ca3fc00000", "a161", "c40161", "9101", "810102", "d40101", "c1"];
        foreach (string hex in each)
        {
            byte[] data = Bytes.FromHex(hex);
            var reader = new MessagePackReader(data);
            Assert.True(reader.TryPeekType(out MessagePackType type));
            int taken = 0;
            taken += Took(type != MessagePackType.Nil, reader.TryReadNil(), ref reader, data);
            taken += Took(type != MessagePackType.Boolean, reader.TryReadBoolean(out _), ref reader, data);
            taken += Took(type != MessagePackType.Integer, reader.TryReadInt64(out _), ref reader, data);
            taken += Took(type != MessagePackType.Float, reader.TryReadDouble(out _), ref reader, data);
            taken += Took(type != MessagePackType.String, reader.TryReadString(out _), ref reader, data);
            taken += Took(type != MessagePackType.Binary, reader.TryReadBinary(out _), ref reader, data);
            taken += Took(type != MessagePackType.Array, reader.TryReadArrayHeader(out _), ref reader, data);
            taken += Took(type != MessagePackType.Map, reader.TryReadMapHeader(out _), ref reader, data);
            taken += Took(type != MessagePackType.Extension, reader.TryReadExtension(out _, out _), ref reader, data);
            Assert.Equal(type == MessagePackType.Invalid ? 0 : 1, taken);
        }
    }

    // Starts again after the one reading that took the value.
    private static int Took(bool isOther, bool took, ref MessagePackReader reader, byte[] data)
    {
        Assert.NotEqual(isOther, took);
        Assert.Equal(took, reader.Position > 0);
        reader = new MessagePackReader(data);
        return took ? 1 : 0;
    }

    private static void Repeat(IBufferWriter<byte> output, int headerLength, int count)
    {
        Assert.InRange(headerLength, 1, MessagePackWriter.HeaderBytesMax);
        for (int i = 0; i < count; i++)
        {
            MessagePackWriter.WriteInteger(output, 7);
        }
    }

    private static string Hex(Action<IBufferWriter<byte>> write) => Convert.ToHexStringLower(Bytes.Of(write));

    private static long ReadInt64(string hex)
    {
        var reader = new MessagePackReader(Bytes.FromHex(hex));
        Assert.True(reader.TryReadInt64(out long value));
        Assert.True(reader.IsAtEnd);
        return value;
    }

    private static void AssertHeader(string header, int rest, byte[] written)
    {
        byte[] expected = Bytes.FromHex(header);
        Assert.Equal(header, Convert.ToHexStringLower(written.AsSpan(0, expected.Length)));
        Assert.Equal(expected.Length + rest, written.Length);
    }

    private static void AssertCutOffIsRefused(string hex) => AssertCutOffIsRefused(Bytes.FromHex(hex));

    private static void AssertCutOffIsRefused(byte[] whole)
    {
        var limits = new MessagePackLimits(8, 1_000_000, 1_000_000);
        var reader = new MessagePackReader(whole);
        Assert.True(reader.TrySkip(limits) && reader.IsAtEnd);

        // At every byte; of what is long, at every byte near both ends: in between all are alike.
        for (int length = 0; length < whole.Length; length++)
        {
            if (length == 2048 && whole.Length > 4096)
            {
                length = whole.Length - 2048;
            }

            var cut = new MessagePackReader(whole.AsSpan(0, length));
            Assert.False(cut.TrySkip(limits));
            Assert.Equal(0, cut.Position);
        }
    }
}
