using System.Buffers;
using System.Text;
using System.Text.Json;
using Realtime.Protocol;
using Realtime.Protocol.Events;
using Realtime.Protocol.MessagePack;

namespace Realtime.Tests.Support;

/// <summary>Envelopes and positions for tests.</summary>
internal static class SampleEvents
{
    public static EventPosition Position(string text) =>
        EventPosition.TryParse(text, out EventPosition position) ? position : throw new FormatException(text);

    public static ReadOnlyMemory<byte> Payload(string json)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(json));
        reader.Read();
        var output = new ArrayBufferWriter<byte>();
        Assert.Equal(
            JsonConversion.Done, JsonToMessagePack.Convert(ref reader, output, MessagePackLimits.Default, out _));
        return output.WrittenMemory;
    }

    public static EventEnvelope Full(string payload) => new()
    {
        Channel = Channel.Agents,
        Type = "agent.status",
        Agent = "a1",
        Task = "t1",
        Project = "p1",
        Group = "g1",
        StateKey = "agent:a1:status",
        ProducedMs = 1_795_230_320_698,
        Payload = Payload(payload),
        TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    };

    public static EventEnvelope Bare(string payload) =>
        new() { Channel = Channel.System, Type = "notice", Payload = Payload(payload) };
}
