using System.Buffers;
using System.Net.WebSockets;
using System.Text;
using Realtime.Protocol.MessagePack;

namespace Realtime.Tests.EndToEnd;

/// <summary>What a producer says on its socket, in either form.</summary>
internal static class ProducerSpeech
{
    /// <summary>Says <c>append</c>; <paramref name="more"/> is further JSON, for that form only.</summary>
    public static Task AppendAsync(
        Conversation producer, string form, long seq, string task, long? offset, byte[] data, string more = "")
    {
        if (form == TestConnection.Json)
        {
            return producer.SayAsync(Encoding.UTF8.GetBytes(AppendJson(seq, task, offset, data, more)));
        }

        return producer.SayAsync(AppendMessagePack(seq, task, offset, data), WebSocketMessageType.Binary);
    }

    public static string AppendJson(long seq, string task, long? offset, byte[] data, string more = "")
    {
        string at = offset is null ? "" : $"\"offset\":{offset},";
        return $$"""{"op":"append","seq":{{seq}},"task":"{{task}}","""
            + $$"""{{at}}"data":"{{Convert.ToBase64String(data)}}"{{more}}}""";
    }

    public static byte[] AppendMessagePack(long seq, string task, long? offset, byte[] data)
    {
        var output = new ArrayBufferWriter<byte>();
        MessagePackWriter.WriteMapHeader(output, offset is null ? 4 : 5);
        MessagePackWriter.WriteString(output, "op");
        MessagePackWriter.WriteString(output, "append");
        MessagePackWriter.WriteString(output, "seq");
        MessagePackWriter.WriteInteger(output, seq);
        MessagePackWriter.WriteString(output, "task");
        MessagePackWriter.WriteString(output, task);
        if (offset is { } at)
        {
            MessagePackWriter.WriteString(output, "offset");
            MessagePackWriter.WriteInteger(output, at);
        }

        MessagePackWriter.WriteString(output, "data");
        MessagePackWriter.WriteBinary(output, data);
        return output.WrittenSpan.ToArray();
    }
}
