using Realtime.Protocol.Compression;
using Realtime.Tests.Support;

namespace Realtime.Tests.Protocol.Compression;

/// <summary>Exact blocks, the ends of what the format can say, and round trips.</summary>
public sealed class Lz4BlockTests
{
    // Written by hand from the format: token (literals << 4 | match - 4), literals, offset, more of the match's length.
    public static TheoryData<string, string> Blocks => new()
    {
        { "00", "" },
        { "10 61", "61" },
        { "50 68656c6c6f", "68656c6c6f" },
        { "5f 68656c6c6f", "68656c6c6f" }, // the last match's length says nothing
        { "f0 00" + Repeat("61", 15), Repeat("61", 15) },
        { "f0 01" + Repeat("61", 16), Repeat("61", 16) },
        { "f0 ff 00" + Repeat("61", 270), Repeat("61", 270) },
        { "14 61 0100 10 62", Repeat("61", 9) + "62" }, // overlapping: one byte repeated
        { "20 6162 0200 10 63", "616261626162" + "63" }, // as long as it reaches back, twice
        { "21 6162 0200 10 63", "61626162616261" + "63" }, // ends inside a repetition
        { "3c 616263 0300 00", Repeat("616263", 6) + "61" }, // no literals at the end
        { "1f 61 0100 00 00", Repeat("61", 20) }, // 15 and none more
        { "1f 61 0100 ff ff 03 00", Repeat("61", 1 + 4 + 15 + 255 + 255 + 3) },
        { "40 61626364 0400 00 0800 10 65", Repeat("61626364", 3) + "65" }, // a match right after a match
    };

    public static TheoryData<string, int> BadBlocks => new()
    {
        { "", 0 }, // not even a token
        { "00", 1 }, // shorter than asked for
        { "10 61", 0 },
        { "10 61", 2 },
        { "20 61", 2 }, // literals beyond the end
        { "10 61 00", 1 }, // goes on behind its end: half an offset
        { "f0", 15 }, // no more of the length
        { "f0 ff", 270 },
        { "f0 ff ff", 525 },
        { "14 61 0000 10 62", 10 }, // offset 0 is never valid
        { "14 61 0200 10 62", 10 }, // before the first byte
        { "04 0100 10 62", 9 }, // nothing to go back to
        { "14 61 0100", 9 }, // ends behind a match
        { "14 61 01", 9 },
        { "14 61 0100 10", 10 }, // a literal is missing
        { "14 61 0100 10 62", 9 }, // longer than asked for, in literals
        { "14 61 0100 10 62", 8 }, // and in a match
        { "14 61 0100 10 62", 11 },
        { "10 61 0100 00", 3 }, // a match needs 4 bytes
        { "1f 61 0100 ff ff ff ff", 1000 },
    };

    public static TheoryData<string> Sources => ["nothing", "one", "text", "zeros", "random", "program", "far"];

    [Theory]
    [MemberData(nameof(Blocks))]
    public void Every_kind_of_sequence_is_read(string hex, string expected)
    {
        byte[] whole = Bytes.FromHex(expected);
        Assert.Equal(whole, Decompress(Bytes.FromHex(hex), whole.Length));
        Assert.Null(Decompress(Bytes.FromHex(hex), whole.Length + 1));
        Assert.Null(whole.Length == 0 ? null : Decompress(Bytes.FromHex(hex), whole.Length - 1));
    }

    [Theory]
    [MemberData(nameof(BadBlocks))]
    public void A_block_that_is_damaged_or_of_another_length_is_refused(string hex, int length) =>
        Assert.Null(Decompress(Bytes.FromHex(hex), length));

    [Theory]
    [MemberData(nameof(Blocks))]
    public void A_block_cut_off_anywhere_is_refused(string hex, string expected)
    {
        byte[] block = Bytes.FromHex(hex);
        for (int length = 0; length < block.Length; length++)
        {
            Assert.Null(Decompress(block.AsSpan(0, length), expected.Length / 2));
        }
    }

    [Fact]
    public void A_match_goes_back_up_to_65535_bytes()
    {
        byte[] far = new byte[65_535];
        new Random(1).NextBytes(far);
        // 65,535 = 15 + 256 x 255 + 240 literals.
        byte[] block =
            [0xf1, .. Enumerable.Repeat((byte)0xff, 256), 240, .. far, 0xff, 0xff, 0x10, 0x7a];
        Assert.Equal([.. far, .. far[..5], 0x7a], Decompress(block, far.Length + 6));

        // One byte fewer before it, and the same match begins before the first.
        byte[] tooFar = [.. block[..257], 239, .. block[258..(258 + 65_534)], .. block[(258 + 65_535)..]];
        Assert.Null(Decompress(tooFar, far.Length + 5));
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public void What_was_compressed_comes_back(string name)
    {
        Assert.True(Lz4Block.CanCompress, "liblz4.so.1 is missing (Debian: liblz4-1).");
        byte[] source = Lz4Sources.Of(name);
        byte[] block = Compress(source);
        Assert.InRange(block.Length, 1, Lz4Block.CompressedLengthMax(source.Length));
        Assert.Equal(source, Decompress(block, source.Length));
        Assert.Null(Decompress(block, source.Length + 1));
        Assert.Null(source.Length == 0 ? null : Decompress(block, source.Length - 1));
    }

    [Fact]
    public void A_real_block_cut_off_anywhere_is_refused()
    {
        byte[] source = Lz4Sources.Of("text");
        byte[] block = Compress(source);
        for (int length = 0; length < block.Length; length++)
        {
            Assert.Null(Decompress(block.AsSpan(0, length), source.Length));
        }
    }

    [Fact]
    public void Text_shrinks_and_noise_does_not()
    {
        byte[] text = Lz4Sources.Of("text");
        byte[] target = new byte[text.Length];
        Assert.InRange(Lz4Block.Compress(text, target), 1, text.Length * 2 / 3);
        Assert.Equal(0, Lz4Block.Compress(Lz4Sources.Of("random"), new byte[Lz4Sources.Of("random").Length]));
    }

    [Fact]
    public void A_target_that_is_too_small_is_told_and_never_overrun()
    {
        byte[] source = Lz4Sources.Of("text");
        int needed = Compress(source).Length;
        foreach (int length in new[] { 0, 1, 2, 16, needed / 2, needed - 1 })
        {
            byte[] target = new byte[length + 16];
            target.AsSpan().Fill(0xa5);
            Assert.Equal(0, Lz4Block.Compress(source, target.AsSpan(0, length)));
            Assert.All(target[length..], untouched => Assert.Equal(0xa5, untouched));
        }

        Assert.Equal(needed, Lz4Block.Compress(source, new byte[needed]));
    }

    [Theory]
    [InlineData("liblz4.so.1", true)]
    [InlineData("liblz4-that-is-not-there.so.1", false)]
    [InlineData("libc.so.6", false)] // there, but without it
    public void A_library_that_is_missing_is_no_error(string library, bool expected) =>
        Assert.Equal(expected, Lz4Block.Has(library));

    [Theory]
    [InlineData(0, 16)]
    [InlineData(255, 272)]
    [InlineData(32_768, 32_912)]
    [InlineData(Lz4Block.SourceBytesMax, 2_122_219_150)]
    public void The_longest_block_is_a_little_longer_than_its_bytes(int length, int expected) =>
        Assert.Equal(expected, Lz4Block.CompressedLengthMax(length));

    [Theory]
    [InlineData(-1)]
    [InlineData(Lz4Block.SourceBytesMax + 1)]
    public void A_length_that_no_block_can_have_is_refused(int length) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Lz4Block.CompressedLengthMax(length));

    [Fact]
    public void Neither_direction_allocates()
    {
        byte[] source = Lz4Sources.Of("text");
        byte[] block = new byte[Lz4Block.CompressedLengthMax(source.Length)];
        byte[] back = new byte[source.Length];
        bool RoundTrip() => Lz4Block.TryDecompress(block.AsSpan(0, Lz4Block.Compress(source, block)), back);
        Assert.True(RoundTrip());

        // The least of several rounds: a garbage collection in between, which other tests cause, may be counted here.
        long least = Enumerable.Range(0, 5).Min(_ =>
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 20; i++)
            {
                RoundTrip();
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        });
        Assert.Equal(0, least);
    }

    private static byte[] Compress(byte[] source)
    {
        byte[] target = new byte[Lz4Block.CompressedLengthMax(source.Length)];
        return target[..Lz4Block.Compress(source, target)];
    }

    private static byte[]? Decompress(ReadOnlySpan<byte> block, int length)
    {
        byte[] target = new byte[length];
        return Lz4Block.TryDecompress(block, target) ? target : null;
    }

    private static string Repeat(string text, int count) => string.Concat(Enumerable.Repeat(text, count));
}
