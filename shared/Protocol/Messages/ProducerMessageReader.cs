using Realtime.Protocol.Tokens;

namespace Realtime.Protocol.Messages;

/// <summary>
/// Reads what a producer sent on <c>WS /v1/publish</c>: one message or an array of them. The rules are those of
/// <see cref="ClientMessageReader"/>; other ops.
/// </summary>
public static class ProducerMessageReader
{
    /// <summary>
    /// Reads one frame's JSON. False if it is none, or holds no messages: then the connection is closed 4400 with
    /// <paramref name="error"/> as reason.
    /// </summary>
    /// <param name="frame">The frame: bytes of terminals are decoded in it, and messages are parts of it.</param>
    /// <param name="limits">Limits.</param>
    /// <param name="messages">Receives the messages, in order; none if the answer is false.</param>
    /// <param name="error">What is wrong and where, at most 123 bytes.</param>
    public static bool TryRead(
        Memory<byte> frame, ProducerMessageLimits limits, List<ProducerMessage> messages, out string? error)
    {
        int before = messages.Count;
        var sink = new Sink(frame, false, limits, messages);
        error = MessageFrame.ReadJson(frame.Span, ProducerMessageLimits.DepthMax, limits.MessagesPerFrame, sink);
        return Keep(messages, before, error);
    }

    /// <summary>Reads one frame's MessagePack, by the same rules; bytes of terminals are binary.</summary>
    /// <inheritdoc cref="TryRead"/>
    public static bool TryReadMessagePack(
        Memory<byte> frame, ProducerMessageLimits limits, List<ProducerMessage> messages, out string? error)
    {
        int before = messages.Count;
        var sink = new Sink(frame, true, limits, messages);
        error = MessageFrame.ReadMessagePack(
            frame.Span, ProducerMessageLimits.DepthMax, limits.MessagesPerFrame, sink);
        return Keep(messages, before, error);
    }

    private static bool Keep(List<ProducerMessage> messages, int before, string? error)
    {
        if (error is not null)
        {
            messages.RemoveRange(before, messages.Count - before);
        }

        return error is null;
    }

    private static ProducerField FieldsOf(string op) => op switch
    {
        "publish" => ProducerField.OfPublish,
        "append" => ProducerField.OfAppend | ProducerField.Offset | ProducerField.Stream | ProducerField.AfterLoss
            | ProducerField.Claim,
        "end" => ProducerField.OfEnd | ProducerField.Claim,
        "resize" => ProducerField.OfResize | ProducerField.Claim,
        "lease" => ProducerField.Seq | ProducerField.Lease,
        "release" => ProducerField.Seq | ProducerField.Release,
        "ping" => ProducerField.Nonce,
        "hello" => ProducerField.HeartbeatMs,
        "auth" => ProducerField.Token,
        _ => ProducerField.None,
    };

    private readonly struct Sink(
        Memory<byte> frame, bool isMessagePack, ProducerMessageLimits limits, List<ProducerMessage> messages)
        : IMessageSink
    {
        public bool Knows(string op) => FieldsOf(op) != ProducerField.None;

        public void Add<TReader>(string op, ref TReader reader)
            where TReader : struct, ITokenReader, allows ref struct
        {
            var fields = new ProducerFieldReader();
            fields.Read(ref reader, FieldsOf(op));
            ReadOnlyMemory<byte> data = op == "append" ? ReadData(fields) : default;
            if (op == "publish" && frame[fields.Events].Length > limits.BodyBytesMax)
            {
                fields.Errors.Add(
                    "events", ErrorCodes.TooLarge, $"larger than {limits.BodyBytesMax} bytes; send them in parts");
            }

            messages.Add(fields.Errors.Any
                ? new ProducerMessage.Invalid(op, fields.Seq, fields.Errors.Code, fields.Errors.Describe())
                : Build(op, fields, data));
        }

        private ReadOnlyMemory<byte> ReadData(ProducerFieldReader fields)
        {
            if (fields.AfterLoss is not null && fields.Offset is null)
            {
                fields.Errors.Add("after_loss", "needs offset: where the new life of the terminal begins");
            }

            if ((fields.Given & ProducerField.Data) == 0)
            {
                return default;
            }

            Memory<byte> value = frame[fields.Data];
            bool isData = isMessagePack
                ? TerminalData.TryFind(value, out ReadOnlyMemory<byte> data)
                : TerminalData.TryDecode(value, out data);
            if (!isData)
            {
                fields.Errors.Add("data", isMessagePack ? "must be binary" : "must be a text of base64");
            }
            else if (data.IsEmpty)
            {
                fields.Errors.Add("data", "must hold at least one byte");
            }
            else if (data.Length > limits.BodyBytesMax)
            {
                fields.Errors.Add(
                    "data", ErrorCodes.TooLarge, $"larger than {limits.BodyBytesMax} bytes; send it in parts");
            }

            return data;
        }

        private ProducerMessage Build(string op, ProducerFieldReader fields, ReadOnlyMemory<byte> data)
        {
            long seq = fields.Seq ?? 0;
            return op switch
            {
                "publish" => new ProducerMessage.Publish(seq, frame[fields.Events]),
                "append" => new ProducerMessage.Append(seq, fields.Task, data)
                {
                    Offset = fields.Offset,
                    IsStderr = fields.IsStderr,
                    AfterLoss = fields.AfterLoss,
                    Claim = fields.Claim,
                },
                "end" => new ProducerMessage.End(seq, fields.Task, fields.ExitCode) { Claim = fields.Claim },
                "resize" => new ProducerMessage.Resize(seq, fields.Task, fields.Columns, fields.Rows)
                {
                    Claim = fields.Claim,
                },
                "lease" => new ProducerMessage.Lease(seq, fields.Lease),
                "release" => new ProducerMessage.Release(seq, fields.Lease),
                "auth" => new ProducerMessage.Auth(fields.Token),
                "hello" => new ProducerMessage.Hello(fields.HeartbeatMs),
                _ => new ProducerMessage.Ping(fields.Nonce),
            };
        }
    }
}
