using System.Buffers;
using System.Text.Json;
using Realtime.Protocol.Json;
using Realtime.Protocol.MessagePack;

namespace Realtime.Protocol.Events;

/// <summary>The <c>event</c> message as JSON.</summary>
public static class EventJson
{
    private static readonly JsonEncodedText Op = JsonEncodedText.Encode("op");
    private static readonly JsonEncodedText OpEvent = JsonEncodedText.Encode("event");
    private static readonly JsonEncodedText Id = JsonEncodedText.Encode("id");
    private static readonly JsonEncodedText ChannelKey = JsonEncodedText.Encode("channel");
    private static readonly JsonEncodedText Type = JsonEncodedText.Encode("type");
    private static readonly JsonEncodedText Agent = JsonEncodedText.Encode("agent");
    private static readonly JsonEncodedText Task = JsonEncodedText.Encode("task");
    private static readonly JsonEncodedText Project = JsonEncodedText.Encode("project");
    private static readonly JsonEncodedText StateKey = JsonEncodedText.Encode("state_key");
    private static readonly JsonEncodedText Ts = JsonEncodedText.Encode("ts");
    private static readonly JsonEncodedText Sent = JsonEncodedText.Encode("sent");
    private static readonly JsonEncodedText Snapshot = JsonEncodedText.Encode("snapshot");
    private static readonly JsonEncodedText Payload = JsonEncodedText.Encode("payload");

    private static readonly JsonEncodedText[] Channels =
    [
        .. Enumerable.Range(1, (int)Channel.Workflows)
            .Select(number => JsonEncodedText.Encode(ChannelNames.NameOf((Channel)number))),
    ];

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
        writer.WriteString(Op, OpEvent);
        writer.WritePosition(Id, position);
        writer.WriteString(ChannelKey, Channels[(int)envelope.Channel - 1]);
        writer.WriteString(Type, envelope.Type);
        WriteIfAny(writer, Agent, envelope.Agent);
        WriteIfAny(writer, Task, envelope.Task);
        WriteIfAny(writer, Project, envelope.Project);
        WriteIfAny(writer, StateKey, envelope.StateKey);
        writer.WriteNumber(Ts, envelope.ProducedMs ?? position.Entry.Ms);
        writer.WriteNumber(Sent, sentMs);
        if (snapshot)
        {
            writer.WriteBoolean(Snapshot, true);
        }

        writer.WritePropertyName(Payload);
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
