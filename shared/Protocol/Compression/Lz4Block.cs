using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Realtime.Protocol.Compression;

/// <summary>
/// LZ4 blocks (https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md), without the header, checksum or end mark
/// of LZ4 frames: who decompresses must know the length. Compressing is left to the reference library, where the
/// machine has it; decompressing is managed code, made for bytes of anyone. Neither allocates or throws.
/// </summary>
public static partial class Lz4Block
{
    /// <summary>The most that a block can be made of: 2,113,929,216 bytes (<c>LZ4_MAX_INPUT_SIZE</c>).</summary>
    public const int SourceBytesMax = 0x7e00_0000;

    private const string Library = "liblz4.so.1"; // Debian: liblz4-1
    private const DllImportSearchPath SearchPath = DllImportSearchPath.SafeDirectories;
    private const int RunMask = 15; // a length of 15 in the token goes on in the bytes behind it
    private const int MatchBytesMin = 4;

    /// <summary>
    /// Whether liblz4 was found. Where it was not, nothing is compressed, which is always allowed: bytes go raw then.
    /// </summary>
    public static bool CanCompress { get; } = Has(Library);

    /// <summary>Whether a library is there and has what is called of it.</summary>
    internal static bool Has(string library) =>
        NativeLibrary.TryLoad(library, typeof(Lz4Block).Assembly, SearchPath, out nint handle)
        && NativeLibrary.TryGetExport(handle, "LZ4_compress_default", out _);

    /// <summary>The longest block that so many bytes can become: a little more than the bytes themselves.</summary>
    /// <param name="length">0 to <see cref="SourceBytesMax"/>.</param>
    public static int CompressedLengthMax(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, SourceBytesMax);
        return length + (length / 255) + 16;
    }

    /// <summary>
    /// Makes a block of <paramref name="source"/> and answers its length; 0 if it does not fit into
    /// <paramref name="target"/> (which is how one asks for "only if it is smaller than this"), or if
    /// <see cref="CanCompress"/> is false. The two must not overlap. What is in the target after a 0 is undefined.
    /// </summary>
    public static int Compress(ReadOnlySpan<byte> source, Span<byte> target) =>
        !CanCompress || target.IsEmpty || source.Length > SourceBytesMax
            ? 0
            : CompressDefault(
                in MemoryMarshal.GetReference(source), ref MemoryMarshal.GetReference(target), source.Length,
                target.Length);

    /// <summary>
    /// Decompresses a block that holds exactly <paramref name="target"/>.Length bytes; false if it holds more or fewer
    /// or is damaged. Never writes beyond the target, whatever the block says. The two must not overlap. What is in the
    /// target after false is undefined.
    /// </summary>
    public static bool TryDecompress(ReadOnlySpan<byte> block, Span<byte> target)
    {
        int read = 0;
        int written = 0;
        while (read < block.Length)
        {
            byte token = block[read++];
            if (!TryReadLength(block, ref read, token >> 4, target.Length - written, out int literals)
                || literals > block.Length - read)
            {
                return false;
            }

            block.Slice(read, literals).CopyTo(target[written..]);
            read += literals;
            written += literals;
            if (read == block.Length)
            {
                // A block ends behind literals, and nowhere else.
                return written == target.Length;
            }

            if (!TryReadMatch(block, ref read, token & RunMask, target.Length - written, out int offset, out int length)
                || offset == 0
                || offset > written)
            {
                return false;
            }

            CopyMatch(target, written, offset, length);
            written += length;
        }

        return false;
    }

    // 4 bits of the token; from 15 on the bytes behind it are added, up to the first that is not 255. Ends at the first
    // that makes it longer than allowed, so that the sum cannot overflow.
    private static bool TryReadLength(ReadOnlySpan<byte> block, ref int read, int bits, int lengthMax, out int length)
    {
        length = bits;
        if (bits < RunMask)
        {
            return length <= lengthMax;
        }

        while (length <= lengthMax && read < block.Length)
        {
            byte more = block[read++];
            length += more;
            if (more != byte.MaxValue)
            {
                return length <= lengthMax;
            }
        }

        return false;
    }

    // How far back, in two bytes, the lower one first; then the length, of which the shortest, 4, is left out.
    private static bool TryReadMatch(
        ReadOnlySpan<byte> block, ref int read, int bits, int lengthMax, out int offset, out int length)
    {
        offset = 0;
        length = 0;
        if (block.Length - read < sizeof(ushort) || lengthMax < MatchBytesMin)
        {
            return false;
        }

        offset = BinaryPrimitives.ReadUInt16LittleEndian(block[read..]);
        read += sizeof(ushort);
        if (!TryReadLength(block, ref read, bits, lengthMax - MatchBytesMin, out length))
        {
            return false;
        }

        length += MatchBytesMin;
        return true;
    }

    // A match may reach into what it writes: then what is between is repeated. With each copy there is twice as much to
    // copy from, so that a long run of one byte takes few.
    private static void CopyMatch(Span<byte> target, int written, int offset, int length)
    {
        int from = written - offset;
        while (length > 0)
        {
            int count = Math.Min(length, written - from);
            target.Slice(from, count).CopyTo(target[written..]);
            written += count;
            length -= count;
        }
    }

    // int LZ4_compress_default(const char* src, char* dst, int srcSize, int dstCapacity)
    [LibraryImport(Library, EntryPoint = "LZ4_compress_default")]
    [DefaultDllImportSearchPaths(SearchPath)]
    private static partial int CompressDefault(in byte source, ref byte target, int sourceLength, int targetLength);
}
