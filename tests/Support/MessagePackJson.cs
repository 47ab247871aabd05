using System.Buffers;
using System.Text;
using System.Text.Json;
using Realtime.Protocol.Json;
using Realtime.Protocol.MessagePack;

namespace Realtime.Tests.Support;

/// <summary>MessagePack as JSON and back, so that the two forms of a message can be compared as text.</summary>
internal static class MessagePackJson
{
    public static string ToJson(ReadOnlySpan<byte> messagePack)
    {
        var output = new ArrayBufferWriter<byte>();
        Utf8JsonWriter writer = JsonWriters.Rent(output);
        Assert.True(MessagePackToJson.TryWrite(messagePack, writer, MessagePackLimits.Stored), "Not one value.");
        JsonWriters.Complete(writer);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    public static byte[] FromJson(string json) => TryFromJson(json) ?? throw new ArgumentException(json);

    /// <summary>Null if it is no JSON, or says what MessagePack can't.</summary>
    public static byte[]? TryFromJson(string json)
    {
        var output = new ArrayBufferWriter<byte>();
        try
        {
            var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(json), new JsonReaderOptions { MaxDepth = 1000 });
            reader.Read();
            return JsonToMessagePack.Convert(ref reader, output, MessagePackLimits.Stored, out _) == JsonConversion.Done
                && !reader.Read()
                ? output.WrittenSpan.ToArray()
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
