using Realtime.Protocol.Tokens;

namespace Realtime.Protocol.Messages;

/// <summary>Reads what a client sent: one message or an array of them.</summary>
public static class ClientMessageReader
{
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
        error = MessageFrame.ReadJson(utf8, limits.Depth, limits.MessagesPerFrame, new Sink(limits, messages));
        return Keep(messages, before, error);
    }

    /// <summary>
    /// Reads one frame's MessagePack, by the same rules. What is inside a field that is skipped may be anything.
    /// </summary>
    /// <inheritdoc cref="TryRead"/>
    public static bool TryReadMessagePack(
        ReadOnlySpan<byte> messagePack, ClientMessageLimits limits, List<ClientMessage> messages, out string? error)
    {
        int before = messages.Count;
        error = MessageFrame.ReadMessagePack(
            messagePack, limits.Depth, limits.MessagesPerFrame, new Sink(limits, messages));
        return Keep(messages, before, error);
    }

    private static bool Keep(List<ClientMessage> messages, int before, string? error)
    {
        if (error is not null)
        {
            messages.RemoveRange(before, messages.Count - before);
        }

        return error is null;
    }

    private static ClientField FieldsOf(string op) => op switch
    {
        "hello" => ClientField.Features | ClientField.HeartbeatMs,
        "subscribe" => ClientField.Id | ClientField.OfEvents | ClientField.OfTerminal,
        "unsubscribe" or "pause" or "resume" => ClientField.Id,
        "ack" => ClientField.Id | ClientField.Offset | ClientField.Epoch,
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
            "hello" => new ClientMessage.Hello(fields.Features) { HeartbeatMs = fields.HeartbeatMs },
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
            "ack" => new ClientMessage.Ack(id, fields.Offset, fields.Epoch),
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

    private readonly struct Sink(ClientMessageLimits limits, List<ClientMessage> messages) : IMessageSink
    {
        public bool Knows(string op) => FieldsOf(op) != ClientField.None;

        public void Add<TReader>(string op, ref TReader reader)
            where TReader : struct, ITokenReader, allows ref struct
        {
            var fields = new ClientFieldReader(limits);
            fields.Read(ref reader, FieldsOf(op));
            messages.Add(Build(op, fields));
        }
    }
}
