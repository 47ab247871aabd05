using System.Buffers;
using System.Buffers.Text;
using Realtime.Protocol.Compression;

namespace Realtime.Loadtests.Terminals;

/// <summary>
/// Whether the bytes of messages are those of the terminal. Many viewers get the same messages: what one of them
/// decoded and found exact is kept, as it was written, and the others only compare with it. So all bytes of all viewers
/// are checked, and decompressed once.
/// </summary>
internal sealed class ContentCheck(TerminalContent content, int terminal, bool isShared)
{
    private const int PlaceBits = 10;

    private readonly Known?[] _known = new Known?[isShared ? 1 << PlaceBits : 0];
    private long _decoded;
    private long _compared;

    /// <summary>Messages that were decoded and compared with the terminal.</summary>
    public long Decoded => Volatile.Read(ref _decoded);

    /// <summary>Messages that were compared with one that was decoded.</summary>
    public long Compared => Volatile.Read(ref _compared);

    /// <summary>Whether a message holds just the bytes that stand at its offset.</summary>
    public bool IsExact(in ReceivedMessage message)
    {
        if (!isShared)
        {
            Interlocked.Increment(ref _decoded);
            return Decodes(in message);
        }

        // Places are shared by chance; who loses one is decoded again, and that is all.
        ref Known? place = ref _known[PlaceOf(message.Offset, message.Length)];
        if (Volatile.Read(ref place) is { } known && known.Offset == message.Offset && known.Length == message.Length
            && known.Coding == message.Coding && message.Data.SequenceEqual(known.Data))
        {
            Interlocked.Increment(ref _compared);
            return true;
        }

        Interlocked.Increment(ref _decoded);
        if (!Decodes(in message))
        {
            return false;
        }

        Volatile.Write(
            ref place, new Known(message.Offset, message.Length, message.Coding, message.Data.ToArray()));
        return true;
    }

    private sealed record Known(long Offset, int Length, DataCoding Coding, byte[] Data);

    private static int PlaceOf(long offset, int length) =>
        (int)((((ulong)offset << 16) ^ (ulong)length) * 0x9e37_79b9_7f4a_7c15 >> (64 - PlaceBits));

    private bool Decodes(in ReceivedMessage message)
    {
        if (message.Length is < 0 or > TerminalContent.SliceBytesMax)
        {
            return false;
        }

        if (message.Coding == DataCoding.Raw)
        {
            return message.Data.Length == message.Length && content.Holds(terminal, message.Offset, message.Data);
        }

        byte[] bytes = ArrayPool<byte>.Shared.Rent(Math.Max(message.Length, 1));
        byte[] block = ArrayPool<byte>.Shared.Rent(Math.Max(message.Data.Length, 1));
        try
        {
            ReadOnlySpan<byte> data = message.Data;
            if (message.Coding is DataCoding.Base64 or DataCoding.Lz4Base64)
            {
                if (Base64.DecodeFromUtf8(data, block, out int read, out int written) != OperationStatus.Done
                    || read != data.Length)
                {
                    return false;
                }

                data = block.AsSpan(0, written);
            }

            if (message.Coding == DataCoding.Base64)
            {
                return data.Length == message.Length && content.Holds(terminal, message.Offset, data);
            }

            Span<byte> target = bytes.AsSpan(0, message.Length);
            return Lz4Block.TryDecompress(data, target) && content.Holds(terminal, message.Offset, target);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }
}
