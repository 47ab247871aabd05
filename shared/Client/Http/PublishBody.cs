using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Realtime.Protocol.Events;

namespace Realtime.Client.Http;

/// <summary>Events as the body of a request.</summary>
internal static class PublishBody
{
    /// <summary>Bytes that numbers add to an event, at most.</summary>
    public const int NumberBytesMax = 256;

    /// <summary>Writes one event.</summary>
    /// <param name="draft">The event.</param>
    /// <param name="isNumbered">Whether numbers follow; else it gets a key of its own if it has none.</param>
    public static byte[] Write(EventDraft draft, bool isNumbered)
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
            WriteIfAny(json, "key", draft.Key ?? (isNumbered ? null : Guid.NewGuid().ToString("N")));
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

    /// <summary>The same event with its number. Names of producers need no escapes.</summary>
    public static byte[] Number(byte[] body, string producer, long epoch, long number)
    {
        string fields = string.Create(
            CultureInfo.InvariantCulture,
            $",\"producer\":\"{producer}\",\"producer_epoch\":{epoch},\"producer_seq\":{number}");
        return [.. body.AsSpan(0, body.Length - 1), .. Encoding.ASCII.GetBytes(fields), (byte)'}'];
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

    /// <summary>
    /// A channel's name. A number that is no channel goes out as it is: the server says what is wrong with it, and
    /// where.
    /// </summary>
    public static string NameOf(Channel channel) =>
        Enum.IsDefined(channel) ? ChannelNames.NameOf(channel) : channel.ToString();

    private static void WriteIfAny(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }
}
