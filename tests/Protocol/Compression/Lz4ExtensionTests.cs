using Realtime.Protocol.Compression;
using Realtime.Protocol.MessagePack;
using Realtime.Tests.Support;

namespace Realtime.Tests.Protocol.Compression;

/// <summary>LZ4 blocks as MessagePack, as exact bytes both ways.</summary>
public sealed class Lz4ExtensionTests
{
    private const int LengthMax = 70_000;

    public static TheoryData<int, int, string> Headers => new()
    {
        { 5, 0, "d4 63 05" },
        { 5, 1, "d5 63 05" },
        { 127, 2, "c7 03 63 7f" },
        { 128, 2, "d6 63 cc80" },
        { 5, 7, "d7 63 05" },
        { 255, 14, "d8 63 ccff" },
        { 256, 252, "c7 ff 63 cd0100" },
        { 256, 253, "c8 0100 63 cd0100" },
        { 65_535, 65_532, "c8 ffff 63 cdffff" },
        { 65_536, 65_532, "c9 00010001 63 ce00010000" },
    };

    // Longer numbers than needed, which other writers choose (MessagePack for C# always the third).
    public static TheoryData<string> LongForms =>
        ["d5 63 cc05", "c7 03 63 cd0005", "c7 05 63 d200000005", "c7 09 63 cf0000000000000005"];

    // Cut short, of another type, without a length, with one below zero, of more than 31 bits, no whole number; no
    // extension.
    public static TheoryData<string> Refused =>
    [
        "", "d4", "d4 63", "c7 02 63 05", "c7 00 63", "d4 62 05", "d4 63 ff", "c7 05 63 ce80000000",
        "c7 09 63 cfffffffffffffffff", "c7 05 63 ca40a00000", "d4 63 c0", "d4 63 cd", "d5 63 cd00", "c4 01 05", "05",
    ];

    [Theory]
    [MemberData(nameof(Headers))]
    public void The_length_stands_before_the_block(int length, int blockLength, string header)
    {
        byte[] block = new byte[blockLength];
        new Random(1).NextBytes(block);
        byte[] whole = Bytes.Of(output => Assert.InRange(
            Lz4Extension.Write(output, length, block) - blockLength, 3, Lz4Extension.OverheadBytesMax));
        Assert.Equal(Convert.ToHexString([.. Bytes.FromHex(header), .. block]), Convert.ToHexString(whole));

        var reader = new MessagePackReader(whole);
        Assert.True(Lz4Extension.TryRead(ref reader, LengthMax, out int lengthRead, out ReadOnlySpan<byte> blockRead));
        Assert.Equal(length, lengthRead);
        Assert.Equal(block, blockRead.ToArray());
        Assert.True(reader.IsAtEnd);
        AssertCutOffIsRefused(whole);
    }

    [Theory]
    [MemberData(nameof(LongForms))]
    public void Any_form_of_the_length_is_read(string hex)
    {
        var reader = new MessagePackReader(Bytes.FromHex(hex));
        Assert.True(Lz4Extension.TryRead(ref reader, LengthMax, out int length, out ReadOnlySpan<byte> block));
        Assert.Equal(5, length);
        Assert.Equal(0, block.Length);
        AssertCutOffIsRefused(Bytes.FromHex(hex));
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void Anything_else_is_refused_and_the_reader_stays_where_it_was(string hex)
    {
        var reader = new MessagePackReader(Bytes.FromHex(hex));
        Assert.False(Lz4Extension.TryRead(ref reader, int.MaxValue, out int length, out ReadOnlySpan<byte> block));
        Assert.Equal(0, reader.Position);
        Assert.Equal(0, length);
        Assert.Equal(0, block.Length);
    }

    [Fact]
    public void A_length_above_the_limit_is_refused_before_anything_is_made_of_it()
    {
        byte[] whole = Bytes.FromHex("c7 05 63 d200010000");
        var reader = new MessagePackReader(whole);
        Assert.False(Lz4Extension.TryRead(ref reader, 65_535, out _, out _));
        Assert.True(Lz4Extension.TryRead(ref reader, 65_536, out int length, out _));
        Assert.Equal(65_536, length);
    }

    private static void AssertCutOffIsRefused(byte[] whole)
    {
        for (int length = 0; length < Math.Min(whole.Length, 300); length++)
        {
            var cut = new MessagePackReader(whole.AsSpan(0, length));
            Assert.False(Lz4Extension.TryRead(ref cut, LengthMax, out _, out _));
        }
    }
}
