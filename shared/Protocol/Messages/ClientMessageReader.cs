using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;
using Realtime.Protocol.MessagePack;
using Realtime.Protocol.Tokens;

namespace Realtime.Protocol.Messages;

/// <summary>Reads what a client sent: one message or an array of them.</summary>
public static class ClientMessageReader
{
    // Longer than every op that there is or will be.
    private const int OpLengthMax = 64;
    private const string NotUtf8 = "not UTF-8";
    private const string NotAlone = "more than one value";

    /// <summary>
    /// Reads one frame's JSON. Messages with an unknown <c>op</c> are skipped; a message that is understood but wrong
    /// is returned as <see cref="ClientMessage.Invalid"/>. False if the text is no JSON, too deep, holds too many
    /// messages, or is no object or array of objects with a text <c>op</c>: then the connection is closed 4400 with
    /// <paramref name="error"/> as reason.
    /// </summary>
    /// <param name="utf8">The text.</param>
    /// <param name="limits">Limits.</param>
    /// <param name="messages">Receives the messages, in order; none if the answer is false.</param>
    /// <param name="error">What is wrong and where, at most 123 bytes, so that it fits into a close frame.</param>
    public static bool TryRead(
        ReadOnlySpan<byte> utf8, ClientMessageLimits limits, List<ClientMessage> messages, out string? error)
    {
        int before = messages.Count;
        error = Utf8.IsValid(utf8) ? null : NotUtf8;
        if (error is null)
        {
            var reader = new JsonTokenReader(utf8, limits.Depth);
            try
            {
                error = Read(ref reader, limits, messages);
            }
            catch (JsonException e)
            {
                string where = Text($"line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}");
                error = Text($"{where}: not JSON, or nested deeper than {limits.Depth}");
            }
        }

        if (error is not null)
        {
            messages.RemoveRange(before, messages.Count - before);
        }

        return error is null;
    }

    /// <summary>
    /// Reads one frame's MessagePack, by the same rules. What is inside a field that is skipped may be anything.
    /// </summary>
    /// <inheritdoc cref="TryRead"/>
    public static bool TryReadMessagePack(
        ReadOnlySpan<byte> messagePack, ClientMessageLimits limits, List<ClientMessage> messages, out string? error)
    {
        int before = messages.Count;
        error = MessagePackCheck.Find(messagePack, limits.Depth, out int at) switch
        {
            MessagePackFault.None => null,
            MessagePackFault.TooDeep => Text($"byte {at + 1}: nested deeper than {limits.Depth}"),
            MessagePackFault.NotUtf8 => NotUtf8,
            MessagePackFault.NotAlone => Text($"byte {at + 1}: {NotAlone}"),
            _ => Text($"byte {at + 1}: not MessagePack, or cut off"),
        };
        if (error is null)
        {
            var reader = new MessagePackTokenReader(messagePack);
            error = Read(ref reader, limits, messages);
        }

        if (error is not null)
        {
            messages.RemoveRange(before, messages.Count - before);
        }

        return error is null;
    }

    private static string? Read<TReader>(ref TReader reader, ClientMessageLimits limits, List<ClientMessage> messages)
        where TReader : struct, ITokenReader, allows ref struct
    {
        reader.Read();
        string? error = null;
        int count = 0;
        if (reader.Kind == TokenKind.StartList)
        {
            while (error is null && reader.Read() && reader.Kind != TokenKind.EndList)
            {
                error = ++count > limits.MessagesPerFrame
                    ? Text($"more than {limits.MessagesPerFrame} messages in one frame")
                    : ReadMessage(ref reader, count, limits, messages);
            }
        }
        else
        {
            error = ReadMessage(ref reader, 1, limits, messages);
        }

        // What stands behind the value is an error of the reader's.
        return error ?? (reader.Read() ? NotAlone : null);
    }

    private static string? ReadMessage<TReader>(
        ref TReader reader, int number, ClientMessageLimits limits, List<ClientMessage> messages)
        where TReader : struct, ITokenReader, allows ref struct
    {
        if (reader.Kind != TokenKind.StartMap)
        {
            return Text($"message {number} is no object");
        }

        if (!TryFindOp(reader, out string op))
        {
            return Text($"message {number} has no text \"op\"");
        }

        ClientField expected = FieldsOf(op);
        if (expected == ClientField.None)
        {
            reader.Skip();
            return null;
        }

        var fields = new ClientFieldReader(limits);
        fields.Read(ref reader, expected);
        messages.Add(Build(op, fields));
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

    private static ClientField FieldsOf(string op) => op switch
    {
        "hello" => ClientField.Features,
        "subscribe" => ClientField.Id | ClientField.OfEvents | ClientField.OfTerminal,
        "unsubscribe" or "pause" or "resume" => ClientField.Id,
        "ack" => ClientField.Id | ClientField.Offset,
        "auth" => ClientField.Token,
        "ping" => ClientField.Nonce,
        _ => ClientField.None,
    };

    private static ClientMessage Build(string op, ClientFieldReader fields)
    {
        FieldErrors errors = fields.Errors;
        Require(fields, "id", FieldsOf(op) & ClientField.Id);
        Require(fields, "offset", FieldsOf(op) & ClientField.Offset);
        Require(fields, "token", FieldsOf(op) & ClientField.Token);
        bool isTerminal = (fields.Given & ClientField.Terminal) != 0;
        if (isTerminal && (fields.Given & ClientField.OfEvents) != 0)
        {
            string others = ClientFields.NamesOf(fields.Given & ClientField.OfEvents);
            errors.Add("terminal", $"a subscription is to a terminal or to events; leave out {others}");
        }

        if (!isTerminal && (fields.Given & ClientField.From) != 0)
        {
            errors.Add("from", "only with terminal; events begin by after");
        }

        if (errors.Any)
        {
            return new ClientMessage.Invalid(op, fields.Id, errors.Code, errors.Describe());
        }

        string id = fields.Id ?? string.Empty;
        return op switch
        {
            "hello" => new ClientMessage.Hello(fields.Features),
            "subscribe" when isTerminal => new ClientMessage.SubscribeTerminal(id, fields.Terminal, fields.From),
            "subscribe" => new ClientMessage.Subscribe(id, fields.Filter)
            {
                After = fields.After,
                Resumes = (fields.Given & ClientField.After) != 0,
                Snapshot = fields.Snapshot,
                Conflate = fields.Conflate,
            },
            "unsubscribe" => new ClientMessage.Unsubscribe(id),
            "pause" => new ClientMessage.Pause(id),
            "resume" => new ClientMessage.Resume(id),
            "ack" => new ClientMessage.Ack(id, fields.Offset),
            "auth" => new ClientMessage.Auth(fields.Token),
            _ => new ClientMessage.Ping(fields.Nonce),
        };
    }

    private static void Require(ClientFieldReader fields, string name, ClientField field)
    {
        if ((field & ~fields.Given) != 0)
        {
            fields.Errors.Add(name, "missing");
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
