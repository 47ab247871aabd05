using System.Text.Json;
using Realtime.Protocol.Compression;
using Realtime.Protocol.MessagePack;

namespace Realtime.Tests.Support;

/// <summary>Frames of a server in either form: the messages as JSON, and what bytes of terminals they hold,
/// decompressed.</summary>
internal static class TerminalFrames
{
    private const int PieceBytesMax = 32 * 1024;

    /// <summary>Reads one frame, and gives each of its messages to <paramref name="take"/>.</summary>
    public static void Read(ReadOnlyMemory<byte> frame, bool isMessagePack, Action<JsonElement, byte[]> take)
    {
        if (isMessagePack)
        {
            ReadMessagePack(frame.Span, take);
            return;
        }

        using var document = JsonDocument.Parse(frame);
        JsonElement root = document.RootElement;
        foreach (JsonElement message in root.ValueKind == JsonValueKind.Array
            ? root.EnumerateArray().ToArray()
            : [root])
        {
            take(message, DataOf(message));
        }
    }

    private static byte[] DataOf(JsonElement message)
    {
        if (!message.TryGetProperty("data", out JsonElement text))
        {
            return [];
        }

        byte[] data = text.GetBytesFromBase64();
        return message.GetProperty("encoding").GetString() == "lz4+base64"
            ? Decompress(data, message.GetProperty("length").GetInt32())
            : data;
    }

    private static byte[] Decompress(ReadOnlySpan<byte> block, int length)
    {
        byte[] bytes = new byte[length];
        Assert.True(Lz4Block.TryDecompress(block, bytes));
        return bytes;
    }

    private static void ReadMessagePack(ReadOnlySpan<byte> frame, Action<JsonElement, byte[]> take)
    {
        var reader = new MessagePackReader(frame);
        int count = 1;
        if (frame[0] is >= 0x90 and <= 0x9f or 0xdc or 0xdd)
        {
            Assert.True(reader.TryReadArrayHeader(out count));
        }

        for (int i = 0; i < count; i++)
        {
            ReadMessage(frame, ref reader, take);
        }
    }

    // The rest of the message as JSON, whose data is of no interest.
    private static void ReadMessage(
        ReadOnlySpan<byte> frame, ref MessagePackReader reader, Action<JsonElement, byte[]> take)
    {
        byte[] data = [];
        Assert.True(reader.TryReadMapHeader(out int pairs));
        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            for (int i = 0; i < pairs; i++)
            {
                Assert.True(reader.TryReadString(out ReadOnlySpan<byte> key));
                if (key.SequenceEqual("data"u8))
                {
                    data = reader.TryReadBinary(out ReadOnlySpan<byte> raw) ? raw.ToArray()
                        : Lz4Extension.TryRead(ref reader, PieceBytesMax, out int length, out ReadOnlySpan<byte> block)
                            ? Decompress(block, length)
                            : throw new InvalidOperationException("Neither bytes nor a block.");
                    continue;
                }

                int start = reader.Position;
                Assert.True(reader.TrySkip(MessagePackLimits.Stored));
                writer.WritePropertyName(key);
                Assert.True(MessagePackToJson.TryWrite(
                    frame[start..reader.Position], writer, MessagePackLimits.Stored));
            }

            writer.WriteEndObject();
        }

        using var document = JsonDocument.Parse(json.ToArray());
        take(document.RootElement, data);
    }
}
