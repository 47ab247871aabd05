using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using Realtime.Protocol.Json;
using Realtime.Protocol.MessagePack;

namespace Realtime.Protocol.Messages;

/// <summary>The bytes of an append, in the frame in which they came: no copy is made of them.</summary>
internal static class TerminalData
{
    /// <summary>Finds the bytes of a binary value.</summary>
    public static bool TryFind(ReadOnlyMemory<byte> value, out ReadOnlyMemory<byte> data)
    {
        bool isBinary = new MessagePackReader(value.Span).TryReadBinary(out ReadOnlySpan<byte> found);

        // They end where the value does.
        data = isBinary ? value[^found.Length..] : default;
        return isBinary;
    }

    /// <summary>
    /// Decodes a JSON text of base64 where it stands: what it says is never longer than what says it.
    /// </summary>
    public static bool TryDecode(Memory<byte> value, out ReadOnlyMemory<byte> data)
    {
        data = default;
        if (value.Length < 2 || value.Span[0] != (byte)'"')
        {
            return false;
        }

        Memory<byte> text = value[1..^1];
        if (text.Span.Contains((byte)'\\') && !TryUnescape(value.Span, ref text))
        {
            return false;
        }

        if (Base64.DecodeFromUtf8InPlace(text.Span, out int length) != OperationStatus.Done)
        {
            return false;
        }

        data = text[..length];
        return true;
    }

    // Some writers escape what needs no escape: \/ for a slash, \u002B for a plus.
    private static bool TryUnescape(ReadOnlySpan<byte> value, ref Memory<byte> text)
    {
        var reader = new Utf8JsonReader(value);
        reader.Read();
        if (!JsonText.IsWellFormed(in reader))
        {
            return false;
        }

        byte[] plain = ArrayPool<byte>.Shared.Rent(text.Length);
        int length = reader.CopyString(plain);
        text = text[..length];
        plain.AsSpan(0, length).CopyTo(text.Span);
        ArrayPool<byte>.Shared.Return(plain);
        return true;
    }
}
