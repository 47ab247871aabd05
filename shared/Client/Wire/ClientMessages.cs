using System.Buffers;
using System.Text.Json;
using Realtime.Protocol;
using Realtime.Protocol.Events;
using Realtime.Protocol.MessagePack;

namespace Realtime.Client.Wire;

/// <summary>Writes the messages of a client.</summary>
internal static class ClientMessages
{
    /// <summary>To events; <paramref name="after"/> null = from the live end.</summary>
    public static void WriteSubscribe(
        IBufferWriter<byte> output, string id, EventSubscriptionOptions wanted,
        IReadOnlyCollection<EventPosition>? after)
    {
        using var json = new Utf8JsonWriter(output);
        Begin(json, "subscribe", id);
        if (wanted.Channels is { } channels)
        {
            WriteList(json, "channels", channels.Select(ChannelNames.NameOf));
        }

        WritePatterns(json, "agents", wanted.Agents);
        WritePatterns(json, "tasks", wanted.Tasks);
        WritePatterns(json, "projects", wanted.Projects);
        WritePatterns(json, "types", wanted.Types);
        if (after is not null)
        {
            WriteList(json, "after", after.Select(position => position.ToString()));
        }

        if (wanted.Snapshot)
        {
            json.WriteBoolean("snapshot", true);
        }

        if (wanted.Conflate)
        {
            json.WriteBoolean("conflate", true);
        }

        json.WriteEndObject();
    }

    public static void WriteSubscribeTerminal(IBufferWriter<byte> output, string id, string task, string from)
    {
        using var json = new Utf8JsonWriter(output);
        Begin(json, "subscribe", id);
        json.WriteString("terminal", task);
        json.WriteString("from", from);
        json.WriteEndObject();
    }

    /// <summary>One of <c>unsubscribe</c>, <c>pause</c>, <c>resume</c>.</summary>
    public static void WriteCommand(IBufferWriter<byte> output, string op, string id)
    {
        using var json = new Utf8JsonWriter(output);
        Begin(json, op, id);
        json.WriteEndObject();
    }

    public static void WriteAck(IBufferWriter<byte> output, string id, long offset, Epoch epoch)
    {
        using var json = new Utf8JsonWriter(output);
        Begin(json, "ack", id);
        json.WriteNumber("offset", offset);
        json.WriteString("epoch", epoch.ToString());
        json.WriteEndObject();
    }

    /// <summary><c>ping</c> or <c>pong</c>.</summary>
    public static void WriteLiveness(IBufferWriter<byte> output, string op, string? nonce)
    {
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteString("op", op);
        if (nonce is not null)
        {
            json.WriteString("nonce", nonce);
        }

        json.WriteEndObject();
    }

    /// <summary>A fresh token.</summary>
    public static void WriteAuth(IBufferWriter<byte> output, string token)
    {
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteString("op", "auth");
        json.WriteString("token", token);
        json.WriteEndObject();
    }

    /// <summary>Replaces a message as JSON by the same as MessagePack.</summary>
    public static void ToMessagePack(ArrayBufferWriter<byte> output)
    {
        byte[] json = output.WrittenSpan.ToArray();
        output.ResetWrittenCount();
        var reader = new Utf8JsonReader(json);
        reader.Read();
        JsonConversion result = JsonToMessagePack.Convert(ref reader, output, MessagePackLimits.Stored, out _);
        if (result != JsonConversion.Done)
        {
            throw new InvalidOperationException($"A message of ours can't be MessagePack: {result}.");
        }
    }

    private static void Begin(Utf8JsonWriter json, string op, string id)
    {
        json.WriteStartObject();
        json.WriteString("op", op);
        json.WriteString("id", id);
    }

    private static void WritePatterns(Utf8JsonWriter json, string name, IReadOnlyList<string>? patterns)
    {
        if (patterns is not null)
        {
            WriteList(json, name, patterns);
        }
    }

    private static void WriteList(Utf8JsonWriter json, string name, IEnumerable<string> items)
    {
        json.WriteStartArray(name);
        foreach (string item in items)
        {
            json.WriteStringValue(item);
        }

        json.WriteEndArray();
    }
}
