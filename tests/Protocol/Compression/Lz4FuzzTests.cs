using Realtime.Protocol.Compression;
using Realtime.Protocol.MessagePack;
using Realtime.Tests.Support;
using Xunit.Abstractions;

namespace Realtime.Tests.Protocol.Compression;

/// <summary>Hostile blocks, each also read by a decoder written down as plainly as the format is.</summary>
public sealed class Lz4FuzzTests(ITestOutputHelper output)
{
    private const int LengthMax = 5_000;
    private const int Guard = 64;

    [Fact]
    public void Damaged_blocks_give_what_they_say_or_nothing_and_never_more() => Fuzzing.Run(output, random =>
    {
        byte[] source = Lz4Sources.Random(random, LengthMax);
        byte[] block = new byte[Lz4Block.CompressedLengthMax(source.Length)];
        Array.Resize(ref block, Lz4Block.Compress(source, block));
        Assert.Equal(source, Decompress(block, source.Length));
        for (int i = 0; i < 50; i++)
        {
            Check(Mutation.Of(block, random), source.Length + (random.Next(4) == 0 ? random.Next(-3, 4) : 0));
        }
    });

    [Fact]
    public void Random_blocks_give_what_they_say_or_nothing_and_never_more() => Fuzzing.Run(output, random =>
    {
        byte[] block = new byte[random.Next(1, 40)];
        random.NextBytes(block);
        // Small numbers, so that lengths and offsets are often right.
        for (int i = 0; i < block.Length; i++)
        {
            block[i] = random.Next(3) == 0 ? (byte)random.Next(4) : block[i];
        }

        // Told at its own length, where it has one, so that not all is refused for that alone.
        Check(block, PlainLength(block) ?? random.Next(100));
        Check(block, random.Next(100));
    });

    [Fact]
    public void Damaged_extensions_are_read_whole_or_not_at_all() => Fuzzing.Run(output, random =>
    {
        byte[] valid = Bytes.Of(o => Lz4Extension.Write(o, random.Next(LengthMax), [0x50, .. "hello"u8]));
        byte[] damaged = Mutation.Of(valid, random);
        var reader = new MessagePackReader(damaged);
        bool read = Lz4Extension.TryRead(ref reader, LengthMax, out int length, out ReadOnlySpan<byte> block);
        Assert.InRange(length, 0, LengthMax);
        Assert.Equal(read, reader.Position > 0);
        Assert.True(read || block.IsEmpty);
        if (read)
        {
            _ = Decompress(block, length);
        }
    });

    private static void Check(byte[] block, int length)
    {
        length = Math.Max(0, length);
        Assert.Equal(Plain(block) is { } whole && whole.Count == length ? [.. whole] : null, Decompress(block, length));
    }

    private static int? PlainLength(byte[] block) => Plain(block)?.Count;

    // With guards on both sides: what is written outside of the target shows.
    private static byte[]? Decompress(ReadOnlySpan<byte> block, int length)
    {
        byte[] memory = new byte[Guard + length + Guard];
        memory.AsSpan().Fill(0xa5);
        bool whole = Lz4Block.TryDecompress(block, memory.AsSpan(Guard, length));
        Assert.True(memory.AsSpan(0, Guard).IndexOfAnyExcept((byte)0xa5) < 0, "wrote before the target");
        Assert.True(memory.AsSpan(Guard + length).IndexOfAnyExcept((byte)0xa5) < 0, "wrote behind the target");
        return whole ? memory[Guard..(Guard + length)] : null;
    }

    // The format, byte by byte; null = damaged, or more than any target here.
    private static List<byte>? Plain(byte[] block)
    {
        var written = new List<byte>();
        int read = 0;
        while (read < block.Length)
        {
            int token = block[read++];
            if (Length(token >> 4) is not { } literals || read + literals > block.Length)
            {
                return null;
            }

            written.AddRange(block[read..(read += literals)]);
            if (read == block.Length)
            {
                return written;
            }

            if (read + 2 > block.Length)
            {
                return null;
            }

            int offset = block[read] | (block[read + 1] << 8);
            read += 2;
            if (offset == 0 || offset > written.Count || Length(token & 15) is not { } match)
            {
                return null;
            }

            for (int i = 0; i < match + 4; i++)
            {
                written.Add(written[^offset]);
            }
        }

        return null;

        int? Length(int length)
        {
            int more = length == 15 ? 255 : 0;
            while (more == 255)
            {
                if (read == block.Length || length > 100_000)
                {
                    return null;
                }

                more = block[read++];
                length += more;
            }

            return length;
        }
    }
}
