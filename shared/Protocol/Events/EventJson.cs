using System.Buffers;
using System.Text.Json;
using Realtime.Protocol.Json;
using Realtime.Protocol.MessagePack;
using Keys = Realtime.Protocol.Events.EventKeys;

namespace Realtime.Protocol.Events;

/// <summary>The <c>event</c> message as JSON.</summary>
public static class EventJson
{
    /// <summary>
    /// Writes <c>{"op":"event","id":…}</c>. <c>ts</c> is the producer's clock, or the append time if it gave none. Keys
    /// stand in the order op, id, channel, type, agent, task, project, state_key, ts, sent, snapshot, payload; what
    /// is absent is left out.
    /// </summary>
    /// <param name="output">Where to.</param>
    /// <param name="envelope">The event.</param>
    /// <param name="position">Its id.</param>
    /// <param name="sentMs">When it is encoded, milliseconds since 1970.</param>
    /// <param name="snapshot">Whether it is a snapshot value: adds <c>"snapshot":true</c>.</param>
    /// <exception cref="ArgumentException">The payload is not one MessagePack value.</exception>
    public static void Write(
        IBufferWriter<byte> output, EventEnvelope envelope, EventPosition position, long sentMs, bool snapshot)
    {
        Utf8JsonWriter writer = JsonWriters.Rent(output);
        writer.WriteStartObject();
        writer.WriteString(Keys.Op, Keys.Event);
        writer.WritePosition(Keys.Id, position);
        writer.WriteString(Keys.Channel, Keys.Channels[(int)envelope.Channel - 1]);
        writer.WriteString(Keys.Type, envelope.Type);
        WriteIfAny(writer, Keys.Agent, envelope.Agent);
        WriteIfAny(writer, Keys.Task, envelope.Task);
        WriteIfAny(writer, Keys.Project, envelope.Project);
        WriteIfAny(writer, Keys.StateKey, envelope.StateKey);
        writer.WriteNumber(Keys.Ts, envelope.ProducedMs ?? position.Entry.Ms);
        writer.WriteNumber(Keys.Sent, sentMs);
        if (snapshot)
        {
            writer.WriteBoolean(Keys.Snapshot, true);
        }

        writer.WritePropertyName(Keys.Payload);
        if (!MessagePackToJson.TryWrite(envelope.Payload.Span, writer, MessagePackLimits.Stored))
        {
            throw new ArgumentException("The payload is not one MessagePack value.", nameof(envelope));
        }

        writer.WriteEndObject();
        JsonWriters.Complete(writer);
    }

    private static void WriteIfAny(Utf8JsonWriter writer, JsonEncodedText key, string? value)
    {
        if (value is not null)
        {
            writer.WriteString(key, value);
        }
    }
}
