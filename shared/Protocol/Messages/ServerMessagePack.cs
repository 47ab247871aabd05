using System.Buffers;
using System.Text.Json;
using Realtime.Protocol.Compression;
using Realtime.Protocol.MessagePack;
using Keys = Realtime.Protocol.Messages.ServerMessageKeys;

namespace Realtime.Protocol.Messages;

/// <summary>
/// Server messages as MessagePack. Their keys and order are described once, by <see cref="ServerMessages"/>: what is
/// rare is turned from its JSON; only what carries data, <c>event</c> (<c>EventMessagePack</c>) and <c>terminal</c>, is
/// written directly.
/// </summary>
public static class ServerMessagePack
{
    // op, id, task, epoch, offset, length, data, encoding, stream
    private const int TerminalFieldsAlways = 9;

    /// <summary>Writes the message whose JSON <see cref="ServerMessages"/> wrote.</summary>
    /// <exception cref="ArgumentException">It is not one JSON value that MessagePack can hold.</exception>
    public static void Write(IBufferWriter<byte> output, ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MessagePackLimits.DepthMax });
        try
        {
            reader.Read();
            JsonConversion result = JsonToMessagePack.Convert(ref reader, output, MessagePackLimits.Stored, out _);
            if (result != JsonConversion.Done || reader.Read())
            {
                throw new ArgumentException($"Not one message: {result}.", nameof(json));
            }
        }
        catch (JsonException e)
        {
            throw new ArgumentException("Not one message.", nameof(json), e);
        }
    }

    /// <summary>
    /// <c>terminal</c> with its bytes as they are (<c>data</c> is binary, <c>encoding</c> is <c>raw</c>) or as an LZ4
    /// block (<c>data</c> is an extension, see <see cref="Lz4Extension"/>, <c>encoding</c> is <c>lz4</c>), a
    /// <c>resize</c> and, on the last one, <c>end</c>. Numbers are whole numbers.
    /// </summary>
    public static void WriteTerminal(IBufferWriter<byte> output, TerminalMessage message)
    {
        MessagePackWriter.WriteMapHeader(output, FieldCount(message));
        WriteOpening(output, message.Id);
        WriteTerminalFields(output, message);
    }

    /// <summary>
    /// <c>terminal</c> without <c>op</c> and <c>id</c>, to be shared by many subscriptions: <see
    /// cref="TerminalOpening"/> goes in behind its first byte, which counts its fields too.
    /// </summary>
    public static void WriteTerminalBody(IBufferWriter<byte> output, TerminalMessage message)
    {
        MessagePackWriter.WriteMapHeader(output, FieldCount(message));
        WriteTerminalFields(output, message);
    }

    /// <summary>What makes a body that of one subscription.</summary>
    public static byte[] TerminalOpening(string id)
    {
        var opening = new ArrayBufferWriter<byte>(64);
        WriteOpening(opening, id);
        return opening.WrittenSpan.ToArray();
    }

    // At most 11, so that the map's header is one byte.
    private static int FieldCount(TerminalMessage message) =>
        TerminalFieldsAlways + (message.ExitCode is null ? 0 : 1) + (message.Resize is null ? 0 : 1);

    private static void WriteOpening(IBufferWriter<byte> output, string id)
    {
        WriteText(output, Keys.Op);
        MessagePackWriter.WriteString(output, "terminal"u8);
        WriteText(output, Keys.Id, id);
    }

    private static void WriteTerminalFields(IBufferWriter<byte> output, TerminalMessage message)
    {
        WriteText(output, Keys.Task, message.Task);
        Span<char> epoch = stackalloc char[Epoch.Length];
        message.Epoch.TryFormat(epoch);
        WriteText(output, Keys.Epoch, message.Epoch.IsNone ? [] : epoch);
        WriteText(output, Keys.Offset);
        MessagePackWriter.WriteInteger(output, message.Offset);
        WriteText(output, Keys.Length);
        MessagePackWriter.WriteInteger(output, (long)message.Length);
        WriteText(output, Keys.Data);
        if (message.DecompressedLength is { } length)
        {
            Lz4Extension.Write(output, length, message.Data.Span);
        }
        else
        {
            MessagePackWriter.WriteBinary(output, message.Data.Span);
        }

        WriteText(output, Keys.Encoding);
        WriteText(output, message.DecompressedLength is null ? Keys.Raw : Keys.Lz4);
        WriteText(output, Keys.Stream, message.Stream);
        if (message.Resize is { } size)
        {
            WriteText(output, Keys.Resize);
            MessagePackWriter.WriteMapHeader(output, 2);
            WriteNumber(output, Keys.Columns, size.Columns);
            WriteNumber(output, Keys.Rows, size.Rows);
        }

        if (message.ExitCode is { } exitCode)
        {
            WriteText(output, Keys.End);
            MessagePackWriter.WriteMapHeader(output, 1);
            WriteNumber(output, Keys.ExitCode, exitCode);
        }
    }

    private static void WriteNumber(IBufferWriter<byte> output, JsonEncodedText key, long value)
    {
        WriteText(output, key);
        MessagePackWriter.WriteInteger(output, value);
    }

    private static void WriteText(IBufferWriter<byte> output, JsonEncodedText key, ReadOnlySpan<char> value)
    {
        WriteText(output, key);
        MessagePackWriter.WriteString(output, value);
    }

    private static void WriteText(IBufferWriter<byte> output, JsonEncodedText text) =>
        MessagePackWriter.WriteString(output, text.EncodedUtf8Bytes);
}
