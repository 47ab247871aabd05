using Realtime.Protocol.Compression;
using Realtime.Protocol.MessagePack;

namespace Realtime.Loadtests.Terminals;

/// <summary>Reads frames of <c>realtime.v1.msgpack</c> as far as terminals need it, without allocating.</summary>
internal static class MessagePackFrames
{
    /// <summary>Hands over each message; false if the frame is damaged.</summary>
    public static bool Read(ReadOnlySpan<byte> frame, ReceivedMessageHandler handler)
    {
        var reader = new MessagePackReader(frame);
        if (!reader.TryReadArrayHeader(out int count))
        {
            count = 1;
        }

        for (int i = 0; i < count; i++)
        {
            ReceivedMessage message = default;
            if (!TryReadMessage(ref reader, ref message))
            {
                return false;
            }

            handler(in message);
        }

        return reader.IsAtEnd;
    }

    private static bool TryReadMessage(ref MessagePackReader reader, ref ReceivedMessage message)
    {
        if (!reader.TryReadMapHeader(out int pairs))
        {
            return false;
        }

        for (int i = 0; i < pairs; i++)
        {
            if (!reader.TryReadString(out ReadOnlySpan<byte> key) || !TryReadValue(ref reader, key, ref message))
            {
                return false;
            }
        }

        return true;
    }

    private static bool TryReadValue(ref MessagePackReader reader, ReadOnlySpan<byte> key, ref ReceivedMessage message)
    {
        ReadOnlySpan<byte> text;
        switch (key.Length)
        {
            case 2 when key.SequenceEqual("op"u8):
                bool isText = reader.TryReadString(out text);
                message.Kind = ReceivedMessage.KindOf(text);
                return isText;
            case 2 when key.SequenceEqual("id"u8):
                isText = reader.TryReadString(out text);
                message.Id = text;
                return isText;
            case 4 when key.SequenceEqual("data"u8):
                return TryReadData(ref reader, ref message);
            case 5 when key.SequenceEqual("epoch"u8):
                isText = reader.TryReadString(out text);
                message.Epoch = text;
                return isText;
            case 6 when key.SequenceEqual("offset"u8):
                bool isNumber = reader.TryReadInt64(out long offset);
                message.Offset = offset;
                return isNumber;
            case 6 when key.SequenceEqual("length"u8):
                isNumber = reader.TryReadInt32(out int length);
                message.Length = length;
                return isNumber;
            case 10 when key.SequenceEqual("resumes_at"u8):
                isText = reader.TryReadString(out text);
                message.ResumesAt = text;
                return isText;
            default:
                return reader.TrySkip(MessagePackLimits.Default);
        }
    }

    private static bool TryReadData(ref MessagePackReader reader, ref ReceivedMessage message)
    {
        if (reader.TryReadExtension(out sbyte type, out ReadOnlySpan<byte> extension))
        {
            // The length that the block comes to stands before it; the message says it too.
            var inside = new MessagePackReader(extension);
            bool isBlock = type == Lz4Extension.Type && inside.TryReadInt32(out _);
            message.Coding = DataCoding.Lz4;
            message.Data = extension[inside.Position..];
            return isBlock;
        }

        bool isBinary = reader.TryReadBinary(out ReadOnlySpan<byte> data);
        message.Data = data;
        return isBinary;
    }
}
