using System.Buffers;
using System.Text.Json;
using Realtime.Protocol.MessagePack;
using Keys = Realtime.Protocol.Messages.ServerMessageKeys;

namespace Realtime.Protocol.Messages;

/// <summary>
/// Server messages as MessagePack. Their keys and order are described once, by <see cref="ServerMessages"/>: what is rare is
/// turned from its JSON; only what carries data, <c>event</c> (<c>EventMessagePack</c>) and <c>terminal</c>, is written
/// directly.
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
    /// <c>terminal</c> with its bytes as they are (<c>data</c> is binary, <c>encoding</c> is <c>raw</c>) and, on the last one,
    /// <c>end</c>. Numbers are whole numbers.
    /// </summary>
    public static void WriteTerminal(IBufferWriter<byte> output, TerminalMessage message)
    {
        MessagePackWriter.WriteMapHeader(output, TerminalFieldsAlways + (message.ExitCode is null ? 0 : 1));
        WriteText(output, Keys.Op);
        MessagePackWriter.WriteString(output, "terminal"u8);
        WriteText(output, Keys.Id, message.Id);
        WriteText(output, Keys.Task, message.Task);
        Span<char> epoch = stackalloc char[Epoch.Length];
        message.Epoch.TryFormat(epoch);
        WriteText(output, Keys.Epoch, message.Epoch.IsNone ? [] : epoch);
        WriteText(output, Keys.Offset);
        MessagePackWriter.WriteInteger(output, message.Offset);
        WriteText(output, Keys.Length);
        MessagePackWriter.WriteInteger(output, (long)message.Data.Length);
        WriteText(output, Keys.Data);
        MessagePackWriter.WriteBinary(output, message.Data.Span);
        WriteText(output, Keys.Encoding);
        WriteText(output, Keys.Raw);
        WriteText(output, Keys.Stream, message.Stream);
        if (message.ExitCode is { } exitCode)
        {
            WriteText(output, Keys.End);
            MessagePackWriter.WriteMapHeader(output, 1);
            WriteText(output, Keys.ExitCode);
            MessagePackWriter.WriteInteger(output, (long)exitCode);
        }
    }

    private static void WriteText(IBufferWriter<byte> output, JsonEncodedText key, ReadOnlySpan<char> value)
    {
        WriteText(output, key);
        MessagePackWriter.WriteString(output, value);
    }

    private static void WriteText(IBufferWriter<byte> output, JsonEncodedText text) =>
        MessagePackWriter.WriteString(output, text.EncodedUtf8Bytes);
}
