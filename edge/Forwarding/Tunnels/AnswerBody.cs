using System.Buffers;
using System.Buffers.Text;
using System.Globalization;

namespace Realtime.Edge.Forwarding.Tunnels;

/// <summary>
/// The body of a worker's answer that opens no tunnel: why it refuses, a document of a few hundred bytes.
/// </summary>
internal static class AnswerBody
{
    /// <summary>Longest body.</summary>
    public const int BytesMax = 64 * 1024;

    /// <summary>
    /// Longest body as it is sent: that of chunks may have a line for each byte, but nobody sends such.
    /// </summary>
    public const int SentBytesMax = BytesMax + (16 * 1024);

    // Longest number of a chunk: 64 KiB has five digits.
    private const int ChunkDigitsMax = 5;

    /// <summary>
    /// Reads as much of a body as has come (RFC 9112, 6.3): done, more is needed, or it is none. Trailers are none.
    /// </summary>
    /// <param name="head">What came before it.</param>
    /// <param name="sent">What came of it, from its first byte.</param>
    /// <param name="isEnded">Whether no more will come.</param>
    /// <param name="body">What it says, once it is done.</param>
    public static OperationStatus TryRead(
        AnswerHead head, ReadOnlySpan<byte> sent, bool isEnded, out byte[] body)
    {
        body = [];
        if (sent.Length > SentBytesMax)
        {
            return OperationStatus.InvalidData;
        }

        if (head.Status is 204 or 304)
        {
            return OperationStatus.Done;
        }

        if (head.Has("Transfer-Encoding"))
        {
            // Both, or another coding: where it ends is anybody's guess.
            return head.Has("Content-Length")
                || head.Single("Transfer-Encoding")?.Equals("chunked", StringComparison.OrdinalIgnoreCase) != true
                ? OperationStatus.InvalidData
                : Need(ReadChunks(sent, out body), isEnded);
        }

        if (head.Has("Content-Length"))
        {
            return TryReadLength(head.Single("Content-Length"), out int length)
                ? Need(ReadCounted(sent, length, out body), isEnded)
                : OperationStatus.InvalidData;
        }

        if (sent.Length > BytesMax)
        {
            return OperationStatus.InvalidData;
        }

        body = isEnded ? sent.ToArray() : [];
        return isEnded ? OperationStatus.Done : OperationStatus.NeedMoreData;
    }

    private static OperationStatus Need(OperationStatus status, bool isEnded) =>
        status == OperationStatus.NeedMoreData && isEnded ? OperationStatus.InvalidData : status;

    private static bool TryReadLength(string? text, out int length) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out length) && length <= BytesMax;

    private static OperationStatus ReadCounted(ReadOnlySpan<byte> sent, int length, out byte[] body)
    {
        body = [];
        if (sent.Length > length)
        {
            return OperationStatus.InvalidData;
        }

        body = sent.Length == length ? sent.ToArray() : [];
        return sent.Length == length ? OperationStatus.Done : OperationStatus.NeedMoreData;
    }

    // chunk-size CRLF bytes CRLF, and so on, the last one of size 0; no extensions, no trailers (RFC 9112, 7.1).
    private static OperationStatus ReadChunks(ReadOnlySpan<byte> sent, out byte[] body)
    {
        body = [];
        var whole = new ArrayBufferWriter<byte>(1024);
        while (true)
        {
            int line = sent.IndexOf("\r\n"u8);
            if (line < 0)
            {
                return sent.Length > ChunkDigitsMax + 1 ? OperationStatus.InvalidData : OperationStatus.NeedMoreData;
            }

            if (line is 0 or > ChunkDigitsMax
                || !Utf8Parser.TryParse(sent[..line], out int size, out int digits, 'x') || digits != line
                || whole.WrittenCount + size > BytesMax)
            {
                return OperationStatus.InvalidData;
            }

            sent = sent[(line + 2)..];
            if (sent.Length < size + 2)
            {
                return OperationStatus.NeedMoreData;
            }

            if (!sent.Slice(size, 2).SequenceEqual("\r\n"u8))
            {
                return OperationStatus.InvalidData;
            }

            whole.Write(sent[..size]);
            sent = sent[(size + 2)..];
            if (size == 0)
            {
                body = sent.IsEmpty ? whole.WrittenSpan.ToArray() : [];
                return sent.IsEmpty ? OperationStatus.Done : OperationStatus.InvalidData;
            }
        }
    }
}
