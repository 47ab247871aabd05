using System.Buffers;
using System.Text.Json;
using Realtime.Protocol.MessagePack;
using Keys = Realtime.Protocol.Events.EventKeys;

namespace Realtime.Protocol.Events;

/// <summary>The <c>event</c> message as MessagePack. Allocates nothing.</summary>
public static class EventMessagePack
{
    // op, id, channel, type, ts, sent, payload
    private const int FieldsAlways = 7;

    /// <summary>
    /// Writes a map of the fields that <see cref="EventJson.Write"/> writes, in the same order. The payload is passed
    /// on as it is stored.
    /// </summary>
    /// <param name="output">Where to.</param>
    /// <param name="envelope">The event; its payload was checked to be one value when it was read.</param>
    /// <param name="position">Its id.</param>
    /// <param name="sentMs">When it is encoded, milliseconds since 1970.</param>
    /// <param name="snapshot">Whether it is a snapshot value: adds <c>snapshot: true</c>.</param>
    public static void Write(
        IBufferWriter<byte> output, EventEnvelope envelope, EventPosition position, long sentMs, bool snapshot)
    {
        MessagePackWriter.WriteMapHeader(
            output,
            FieldsAlways + CountOf(envelope.Agent) + CountOf(envelope.Task) + CountOf(envelope.Project)
                + CountOf(envelope.StateKey) + (snapshot ? 1 : 0));
        WriteText(output, Keys.Op);
        WriteText(output, Keys.Event);
        WriteText(output, Keys.Id);
        Span<byte> id = stackalloc byte[EventPosition.TextLengthMax];
        position.TryFormat(id, out int length);
        MessagePackWriter.WriteString(output, id[..length]);
        WriteText(output, Keys.Channel);
        WriteText(output, Keys.Channels[(int)envelope.Channel - 1]);
        WriteIfAny(output, Keys.Type, envelope.Type);
        WriteIfAny(output, Keys.Agent, envelope.Agent);
        WriteIfAny(output, Keys.Task, envelope.Task);
        WriteIfAny(output, Keys.Project, envelope.Project);
        WriteIfAny(output, Keys.StateKey, envelope.StateKey);
        WriteText(output, Keys.Ts);
        MessagePackWriter.WriteInteger(output, envelope.ProducedMs ?? position.Entry.Ms);
        WriteText(output, Keys.Sent);
        MessagePackWriter.WriteInteger(output, sentMs);
        if (snapshot)
        {
            WriteText(output, Keys.Snapshot);
            MessagePackWriter.WriteBoolean(output, true);
        }

        WriteText(output, Keys.Payload);
        MessagePackWriter.WriteRaw(output, envelope.Payload.Span);
    }

    private static int CountOf(string? value) => value is null ? 0 : 1;

    private static void WriteIfAny(IBufferWriter<byte> output, JsonEncodedText key, string? value)
    {
        if (value is not null)
        {
            WriteText(output, key);
            MessagePackWriter.WriteString(output, value.AsSpan());
        }
    }

    private static void WriteText(IBufferWriter<byte> output, JsonEncodedText text) =>
        MessagePackWriter.WriteString(output, text.EncodedUtf8Bytes);
}
