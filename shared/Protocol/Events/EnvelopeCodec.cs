using System.Buffers;
using System.Text;
using System.Text.Unicode;
using Realtime.Protocol.MessagePack;

namespace Realtime.Protocol.Events;

/// <summary>The stored form of an event: a MessagePack array that begins with its version.</summary>
public static class EnvelopeCodec
{
    // [version, channel, type, agent, task, project, group, state key, produced ms, payload, traceparent]; what is
    // absent is nil. Later writers may append elements, which this reader passes over; a change of these would be
    // version 2.
    private const int Version = 1;
    private const int Elements = 11;

    // Longest text that is stored; the rules for names and keys are stricter, and checked before.
    private const int TextBytesMax = 1024;

    /// <summary>Writes the stored form; the same envelope always gives the same bytes.</summary>
    /// <remarks>
    /// The payload is last but one; only the traceparent, which differs between two attempts to publish the same, is
    /// after it.
    /// </remarks>
    public static void Write(IBufferWriter<byte> output, EventEnvelope envelope)
    {
        MessagePackWriter.WriteArrayHeader(output, Elements);
        MessagePackWriter.WriteInteger(output, Version);
        MessagePackWriter.WriteInteger(output, (long)envelope.Channel);
        MessagePackWriter.WriteString(output, envelope.Type);
        MessagePackWriter.WriteStringOrNil(output, envelope.Agent);
        MessagePackWriter.WriteStringOrNil(output, envelope.Task);
        MessagePackWriter.WriteStringOrNil(output, envelope.Project);
        MessagePackWriter.WriteStringOrNil(output, envelope.Group);
        MessagePackWriter.WriteStringOrNil(output, envelope.StateKey);
        if (envelope.ProducedMs is { } producedMs)
        {
            MessagePackWriter.WriteInteger(output, producedMs);
        }
        else
        {
            MessagePackWriter.WriteNil(output);
        }

        MessagePackWriter.WriteRaw(output, envelope.Payload.Span);
        MessagePackWriter.WriteStringOrNil(output, envelope.TraceParent);
    }

    /// <summary>
    /// Reads a stored form; false if it is damaged or of a later version. The payload is a view of
    /// <paramref name="stored"/>.
    /// </summary>
    public static bool TryRead(ReadOnlyMemory<byte> stored, out EventEnvelope? envelope)
    {
        envelope = null;
        var reader = new MessagePackReader(stored.Span);
        if (!reader.TryReadArrayHeader(out int elements) || elements < Elements
            || !reader.TryReadInt32(out int version) || version != Version
            || !reader.TryReadInt32(out int channel)
            || channel is < (int)Channel.Agents or > (int)Channel.Workflows
            || !TryReadText(ref reader, out string? type) || type is null
            || !TryReadText(ref reader, out string? agent)
            || !TryReadText(ref reader, out string? task)
            || !TryReadText(ref reader, out string? project)
            || !TryReadText(ref reader, out string? group)
            || !TryReadText(ref reader, out string? stateKey)
            || !TryReadMs(ref reader, out long? producedMs))
        {
            return false;
        }

        int payloadStart = reader.Position;
        if (!reader.TrySkip(MessagePackLimits.Stored))
        {
            return false;
        }

        ReadOnlyMemory<byte> payload = stored[payloadStart..reader.Position];
        if (!TryReadText(ref reader, out string? traceParent) || !TrySkipLater(ref reader, elements - Elements))
        {
            return false;
        }

        envelope = new EventEnvelope
        {
            Channel = (Channel)channel,
            Type = type,
            Agent = agent,
            Task = task,
            Project = project,
            Group = group,
            StateKey = stateKey,
            ProducedMs = producedMs,
            Payload = payload,
            TraceParent = traceParent,
        };
        return true;
    }

    private static bool TryReadText(ref MessagePackReader reader, out string? text)
    {
        text = null;
        if (reader.TryReadNil())
        {
            return true;
        }

        if (!reader.TryReadString(out ReadOnlySpan<byte> utf8) || utf8.Length > TextBytesMax || !Utf8.IsValid(utf8))
        {
            return false;
        }

        text = Encoding.UTF8.GetString(utf8);
        return true;
    }

    private static bool TryReadMs(ref MessagePackReader reader, out long? producedMs)
    {
        producedMs = null;
        if (reader.TryReadNil())
        {
            return true;
        }

        bool read = reader.TryReadInt64(out long ms);
        producedMs = ms;
        return read;
    }

    private static bool TrySkipLater(ref MessagePackReader reader, int count)
    {
        for (int i = 0; i < count; i++)
        {
            if (!reader.TrySkip(MessagePackLimits.Stored))
            {
                return false;
            }
        }

        return reader.IsAtEnd;
    }
}
