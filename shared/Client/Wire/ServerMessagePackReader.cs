using System.Buffers;
using System.Text;
using System.Text.Json;
using Realtime.Protocol;
using Realtime.Protocol.Compression;
using Realtime.Protocol.MessagePack;

namespace Realtime.Client.Wire;

/// <summary>
/// As <see cref="ServerMessageReader"/>, for MessagePack. Payloads become JSON, so that an application sees the same
/// whatever is spoken.
/// </summary>
internal sealed class ServerMessagePackReader
{
    /// <summary>What all LZ4 of one frame may come to: a batch of a terminal has 32 KiB.</summary>
    private const int DecompressedBytesMax = 1024 * 1024;

    /// <summary>A byte of a block can say 255 at most: what could never be filled is not even allocated.</summary>
    private const int ExpansionMax = 255;

    // As in JSON; a frame's bytes are limited already, and bound its values.
    private static readonly MessagePackLimits Limits = new(Depth: 64, Values: int.MaxValue, Bytes: int.MaxValue);

    private readonly ArrayBufferWriter<byte> _payload = new();
    private int _decompressedBytesLeft = DecompressedBytesMax;

    /// <summary>Whether a frame is one whole value, with all in it: to be asked before anything is read.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> frame)
    {
        var reader = new MessagePackReader(frame);
        return reader.TrySkip(Limits) && reader.IsAtEnd;
    }

    /// <summary>To be said before the first message of each frame, each of which has a budget of its own.</summary>
    public void BeginFrame() => _decompressedBytesLeft = DecompressedBytesMax;

    /// <summary>Reads one message; false if the next value is no map.</summary>
    /// <exception cref="JsonException">A payload says what JSON can't.</exception>
    public bool TryReadObject(ref MessagePackReader reader, ServerMessage message)
    {
        message.Clear();
        int start = reader.Position;
        if (!TryReadFields(ref reader, message))
        {
            return false;
        }

        message.Bytes = reader.Position - start;
        return true;
    }

    // Nested as deep as the frame at most, which was checked.
    private bool TryReadFields(ref MessagePackReader reader, ServerMessage message)
    {
        if (!reader.TryReadMapHeader(out int pairs))
        {
            return false;
        }

        for (; pairs > 0; pairs--)
        {
            if (reader.TryReadString(out ReadOnlySpan<byte> name))
            {
                ReadField(ref reader, message, ServerFields.Find(name));
            }
            else
            {
                reader.TrySkip(Limits);
                reader.TrySkip(Limits);
            }
        }

        return true;
    }

    private void ReadField(ref MessagePackReader reader, ServerMessage message, ServerField field)
    {
        ServerMessageFields.SetGiven(message, field);
        switch (field)
        {
            case ServerField.Payload:
                message.Payload = ReadPayload(ref reader);
                return;
            case ServerField.Cursor:
                ReadPositions(ref reader, message);
                return;
            case ServerField.Data:
                message.Data = ReadData(ref reader);
                return;
            case ServerField.End or ServerField.Limits or ServerField.Size or ServerField.Resize
                when TryReadFields(ref reader, message):
                return;
        }

        if (reader.TryReadString(out ReadOnlySpan<byte> text))
        {
            ServerMessageFields.SetText(message, field, Encoding.UTF8.GetString(text));
        }
        else if (reader.TryReadInt64(out long number))
        {
            ServerMessageFields.SetNumber(message, field, number);
        }
        else if (reader.TryReadBoolean(out bool flag))
        {
            ServerMessageFields.SetFlag(message, field, flag);
        }
        else
        {
            reader.TrySkip(Limits);
        }
    }

    private JsonElement ReadPayload(ref MessagePackReader reader)
    {
        reader.TryReadRaw(Limits, out ReadOnlySpan<byte> payload);
        _payload.ResetWrittenCount();
        using (var writer = new Utf8JsonWriter(_payload))
        {
            MessagePackToJson.TryWrite(payload, writer, Limits);
        }

        var json = new Utf8JsonReader(_payload.WrittenSpan, ServerMessageReader.Options);
        return JsonElement.ParseValue(ref json);
    }

    // The application's to keep, so in memory of its own. Null: neither bytes nor LZ4 that comes to what it says.
    private byte[]? ReadData(ref MessagePackReader reader)
    {
        if (reader.TryReadBinary(out ReadOnlySpan<byte> raw))
        {
            return raw.ToArray();
        }

        if (Lz4Extension.TryRead(
            ref reader, _decompressedBytesLeft, out int length, out ReadOnlySpan<byte> block)
            && length <= (long)block.Length * ExpansionMax)
        {
            _decompressedBytesLeft -= length;
            byte[] data = new byte[length];
            return Lz4Block.TryDecompress(block, data) ? data : null;
        }

        reader.TrySkip(Limits);
        return null;
    }

    private static void ReadPositions(ref MessagePackReader reader, ServerMessage message)
    {
        message.HasCursor = true;
        if (!reader.TryReadArrayHeader(out int count))
        {
            count = 1;
        }

        Span<char> text = stackalloc char[EventPosition.TextLengthMax];
        for (; count > 0; count--)
        {
            if (reader.TryReadString(out ReadOnlySpan<byte> utf8) && utf8.Length <= text.Length
                && EventPosition.TryParse(text[..Encoding.UTF8.GetChars(utf8, text)], out EventPosition position))
            {
                message.Cursor.Add(position);
                continue;
            }

            message.HasBadPosition = true;
            if (utf8.IsEmpty)
            {
                reader.TrySkip(Limits);
            }
        }
    }
}
