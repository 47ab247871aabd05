using System.Buffers;
using System.Buffers.Binary;
using Realtime.Protocol.Compression;

namespace Realtime.Tests.Protocol.Compression;

/// <summary>
/// LZ4 frames (https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md), which the tool reads and writes:
/// independent blocks of up to 4 MiB, no checksums but that of the header, which is the same for all of these.
/// </summary>
internal static class Lz4Frame
{
    private const int BlockBytesMax = 4 * 1024 * 1024;
    private const uint RawFlag = 0x8000_0000;

    private static readonly byte[] Header = [0x04, 0x22, 0x4d, 0x18, 0x60, 0x70, 0x73];

    /// <summary>Options that make the tool write what <see cref="Read"/> reads.</summary>
    public static readonly string[] ToolOptions = ["--no-frame-crc", "-BI"];

    public static byte[] Of(params IEnumerable<byte[]> blocks)
    {
        var frame = new ArrayBufferWriter<byte>();
        frame.Write(Header);
        foreach (byte[] block in blocks)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(frame.GetSpan(4), (uint)block.Length);
            frame.Advance(4);
            frame.Write(block);
        }

        frame.Write<byte>([0, 0, 0, 0]);
        return frame.WrittenSpan.ToArray();
    }

    /// <summary>
    /// Decompresses the blocks of a frame that holds so many bytes, and tells how many blocks were LZ4.
    /// </summary>
    public static (byte[] Bytes, int Compressed) Read(ReadOnlySpan<byte> frame, int length)
    {
        Assert.Equal(Header[..4], frame[..4].ToArray());
        Assert.Equal(0x60, frame[4]);
        int blockBytes = 1 << (8 + (2 * (frame[5] >> 4)));
        Assert.InRange(blockBytes, 1, BlockBytesMax);
        byte[] bytes = new byte[length];
        Span<byte> left = bytes;
        int compressed = 0;
        frame = frame[Header.Length..];
        for (uint size; (size = BinaryPrimitives.ReadUInt32LittleEndian(frame)) != 0;)
        {
            ReadOnlySpan<byte> block = frame.Slice(4, (int)(size & ~RawFlag));
            frame = frame[(4 + block.Length)..];
            int here = Math.Min(blockBytes, left.Length);
            if ((size & RawFlag) != 0)
            {
                block.CopyTo(left);
            }
            else
            {
                Assert.True(Lz4Block.TryDecompress(block, left[..here]));
                compressed++;
            }

            left = left[here..];
        }

        Assert.Equal(4, frame.Length);
        Assert.Equal(0, left.Length);
        return (bytes, compressed);
    }
}
