using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;
using Realtime.Protocol.MessagePack;
using Realtime.Protocol.Tokens;

namespace Realtime.Protocol.Messages;

/// <summary>
/// Walks one frame: a message, or an array of messages, each an object with a text <c>op</c>. The answer is what is
/// wrong with the frame as a whole, at most 123 bytes, so that it fits into a close frame; null if nothing is.
/// </summary>
internal static class MessageFrame
{
    // Longer than every op that there is or will be.
    private const int OpLengthMax = 64;
    private const string NotUtf8 = "not UTF-8";
    private const string NotAlone = "more than one value";

    /// <summary>Reads a frame of JSON.</summary>
    public static string? ReadJson<TSink>(ReadOnlySpan<byte> utf8, int depthMax, int messagesMax, TSink sink)
        where TSink : struct, IMessageSink
    {
        if (!Utf8.IsValid(utf8))
        {
            return NotUtf8;
        }

        var reader = new JsonTokenReader(utf8, depthMax);
        try
        {
            return Read(ref reader, messagesMax, sink);
        }
        catch (JsonException e)
        {
            string where = Text($"line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}");
            return Text($"{where}: not JSON, or nested deeper than {depthMax}");
        }
    }

    /// <summary>Reads a frame of MessagePack, by the same rules.</summary>
    public static string? ReadMessagePack<TSink>(
        ReadOnlySpan<byte> messagePack, int depthMax, int messagesMax, TSink sink)
        where TSink : struct, IMessageSink
    {
        MessagePackFault fault = MessagePackCheck.Find(messagePack, depthMax, out int at);
        if (fault != MessagePackFault.None)
        {
            return fault switch
            {
                MessagePackFault.TooDeep => Text($"byte {at + 1}: nested deeper than {depthMax}"),
                MessagePackFault.NotUtf8 => NotUtf8,
                MessagePackFault.NotAlone => Text($"byte {at + 1}: {NotAlone}"),
                _ => Text($"byte {at + 1}: not MessagePack, or cut off"),
            };
        }

        var reader = new MessagePackTokenReader(messagePack);
        return Read(ref reader, messagesMax, sink);
    }

    private static string? Read<TReader, TSink>(ref TReader reader, int messagesMax, TSink sink)
        where TReader : struct, ITokenReader, allows ref struct
        where TSink : struct, IMessageSink
    {
        reader.Read();
        string? error = null;
        int count = 0;
        if (reader.Kind == TokenKind.StartList)
        {
            while (error is null && reader.Read() && reader.Kind != TokenKind.EndList)
            {
                error = ++count > messagesMax
                    ? Text($"more than {messagesMax} messages in one frame")
                    : ReadMessage(ref reader, count, sink);
            }
        }
        else
        {
            error = ReadMessage(ref reader, 1, sink);
        }

        // What stands behind the value is an error of the reader's.
        return error ?? (reader.Read() ? NotAlone : null);
    }

    private static string? ReadMessage<TReader, TSink>(ref TReader reader, int number, TSink sink)
        where TReader : struct, ITokenReader, allows ref struct
        where TSink : struct, IMessageSink
    {
        if (reader.Kind != TokenKind.StartMap)
        {
            return Text($"message {number} is no object");
        }

        if (!TryFindOp(reader, out string op))
        {
            return Text($"message {number} has no text \"op\"");
        }

        if (sink.Knows(op))
        {
            sink.Add(op, ref reader);
        }
        else
        {
            reader.Skip();
        }

        return null;
    }

    // `op` need not come first, so it is looked for with a copy of the reader.
    private static bool TryFindOp<TReader>(TReader reader, out string op)
        where TReader : struct, ITokenReader, allows ref struct
    {
        op = string.Empty;
        while (reader.Read() && reader.Kind == TokenKind.Name)
        {
            bool isOp = reader.IsName("op"u8);
            reader.Read();
            if (isOp)
            {
                return reader.TryGetText(OpLengthMax, out op);
            }

            reader.Skip();
        }

        return false;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
