using System.Buffers;
using System.Text.Json;
using Realtime.Protocol.Events;

namespace Realtime.Client.Http;

/// <summary>Events as the body of a request.</summary>
internal static class PublishBody
{
    /// <summary>Writes one event, with a key of its own if it has none.</summary>
    public static byte[] Write(EventDraft draft)
    {
        var output = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartObject();
            json.WriteString("channel", NameOf(draft.Channel));
            json.WriteString("type", draft.Type);
            WriteIfAny(json, "agent", draft.Agent);
            WriteIfAny(json, "task", draft.Task);
            WriteIfAny(json, "project", draft.Project);
            WriteIfAny(json, "group", draft.Group);
            WriteIfAny(json, "state_key", draft.StateKey);
            json.WriteString("key", draft.Key ?? Guid.NewGuid().ToString("N"));
            if (draft.Timestamp is { } timestamp)
            {
                json.WriteNumber("ts", timestamp.ToUnixTimeMilliseconds());
            }

            json.WritePropertyName("payload");
            if (draft.Payload.ValueKind == JsonValueKind.Undefined)
            {
                json.WriteNullValue();
            }
            else
            {
                draft.Payload.WriteTo(json);
            }

            json.WriteEndObject();
        }

        return output.WrittenSpan.ToArray();
    }

    /// <summary>Joins events to an array.</summary>
    public static byte[] Join(IEnumerable<byte[]> events)
    {
        var output = new ArrayBufferWriter<byte>(4096);
        byte before = (byte)'[';
        foreach (byte[] one in events)
        {
            output.Write([before]);
            output.Write(one);
            before = (byte)',';
        }

        output.Write("]"u8);
        return output.WrittenSpan.ToArray();
    }

    // A number that is no channel goes out as it is: the server says what is wrong with it, and where.
    private static string NameOf(Channel channel) =>
        Enum.IsDefined(channel) ? ChannelNames.NameOf(channel) : channel.ToString();

    private static void WriteIfAny(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }
}
