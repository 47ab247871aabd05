using System.Buffers;
using System.Text;
using System.Text.Json;
using Realtime.Protocol.Json;
using Realtime.Protocol.MessagePack;
using Realtime.Tests.Support;

namespace Realtime.Tests.Protocol.MessagePack;

public sealed class JsonConversionTests
{
    [Theory]
    [InlineData("null", "c0")]
    [InlineData("true", "c3")]
    [InlineData("[]", "90")]
    [InlineData("{}", "80")]
    [InlineData("9007199254740993", "cf0020000000000001")]
    [InlineData("18446744073709551615", "cfffffffffffffffff")]
    [InlineData("-9223372036854775808", "d38000000000000000")]
    [InlineData("1.5", "cb3ff8000000000000")]
    [InlineData("1e2", "cb4059000000000000")]
    [InlineData("18446744073709551616", "cb43f0000000000000")]
    [InlineData("\"a\\u00e4\\n\"", "a461c3a40a")]
    [InlineData("\"\\ud83d\\ude00\"", "a4f09f9880")]
    [InlineData("{\"a\":[1,{\"b\":null}],\"c\":{}}", "82a1619201 81a162c0 a163 80")]
    [InlineData("{\"a\":1,\"a\":2}", "82a16101a16102")]
    public void Json_becomes_exactly_this(string json, string hex) =>
        Assert.Equal(
            (JsonConversion.Done, hex.Replace(" ", "", StringComparison.Ordinal)),
            Convert(json, MessagePackLimits.Default));

    [Theory]
    [InlineData("c0", "null")]
    [InlineData("cf0020000000000001", "9007199254740993")]
    [InlineData("cfffffffffffffffff", "18446744073709551615")]
    [InlineData("d38000000000000000", "-9223372036854775808")]
    [InlineData("ca3dcccccd", "0.1")]
    [InlineData("cb3fb999999999999a", "0.1")]
    [InlineData("93 ca7fc00000 cb7ff0000000000000 01", "[null,null,1]")]
    [InlineData("c403 010203", "\"AQID\"")]
    [InlineData("92 d6ff 5f000000 01", "[null,1]")]
    [InlineData("82 01c0 fe91c3", "{\"1\":null,\"-2\":[true]}")]
    [InlineData("85 c2 01 c0 02 90 03 80 04 d40100 05",
        "{\"false\":1,\"null\":2,\"array\":3,\"map\":4,\"extension\":5}")]
    [InlineData("82 c401ff 01 cb3ff8000000000000 02", "{\"/w==\":1,\"1.5\":2}")]
    [InlineData("a2ff61", "\"\\uFFFDa\"")]
    [InlineData("a722 5c 0a 3c c3a9 27", "\"\\\"\\\\\\n<é'\"")]
    public void MessagePack_becomes_exactly_this(string hex, string json) =>
        Assert.Equal(json, ToJson(Bytes.FromHex(hex)));

    [Theory]
    [InlineData("")]
    [InlineData("c1")]
    [InlineData("9101 01")]
    [InlineData("92 01")]
    public void What_is_not_one_value_writes_nothing(string hex) => Assert.Null(ToJson(Bytes.FromHex(hex)));

    [Theory]
    [InlineData("\"\\ud83d\"")]
    [InlineData("\"\\ude00\"")]
    [InlineData("\"\\ud83dx\\ude00\"")]
    [InlineData("\"\\ud83d\\n\\ude00\"")]
    [InlineData("\"\\ud83d\\ud83d\\ude00\"")]
    [InlineData("\"\\ude00\\ud83d\"")]
    [InlineData("{\"\\ud83d\":1}")]
    public void Half_a_surrogate_pair_is_refused(string json) =>
        Assert.Equal(JsonConversion.BadText, Convert(json, MessagePackLimits.Default).Result);

    [Theory]
    [InlineData("[[[]]]", 3, 3, 3)]
    [InlineData("{\"a\":{\"b\":[1,2]}}", 3, 7, 9)]
    [InlineData("\"abc\"", 0, 1, 4)]
    [InlineData("\"\\u0061bc\"", 0, 1, 4)]
    public void A_value_passes_at_its_limits_and_not_below(string json, int depth, int values, int bytes)
    {
        Assert.Equal(JsonConversion.Done, Convert(json, new(depth, values, bytes)).Result);
        Assert.True(depth == 0 || Convert(json, new(depth - 1, values, bytes)).Result == JsonConversion.TooDeep);
        Assert.Equal(JsonConversion.TooManyValues, Convert(json, new(depth, values - 1, bytes)).Result);
        Assert.Equal(JsonConversion.TooLarge, Convert(json, new(depth, values, bytes - 1)).Result);
    }

    [Theory]
    [InlineData("1e400", JsonConversion.NumberOutOfRange)]
    [InlineData("[1,[-1e999]]", JsonConversion.NumberOutOfRange)]
    [InlineData("[[[[[[[[[[]]]]]]]]]]", JsonConversion.TooDeep)]
    [InlineData("{\"a\":\"\\ud800\",\"b\":[1]}", JsonConversion.BadText)]
    public void After_a_refusal_the_reader_stands_at_the_end_of_the_value(string json, JsonConversion expected)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes($"[{json},42]"));
        reader.Read();
        reader.Read();
        var limits = new MessagePackLimits(4, 100, 100);
        Assert.Equal(expected, JsonToMessagePack.Convert(ref reader, new ArrayBufferWriter<byte>(), limits, out _));
        Assert.True(reader.Read());
        Assert.Equal(42, reader.GetInt32());
    }

    [Fact]
    public void Wide_and_deep_values_keep_their_counts()
    {
        string wide = "[" + string.Join(',', Enumerable.Repeat("[[1],{\"a\":[]}]", 500)) + "]";
        Assert.Equal(wide, RoundTrip(wide));
        string deep = new string('[', 128) + new string(']', 128);
        Assert.Equal(deep, RoundTrip(deep));
    }

    [Fact]
    public void Random_values_come_back_as_they_went()
    {
        var random = new Random(20_260_101);
        for (int i = 0; i < 2_000; i++)
        {
            string json = RandomJson.Next(random, depth: 5);
            Assert.Equal(json, RoundTrip(json));
        }
    }

    private static string? RoundTrip(string json)
    {
        (JsonConversion result, string hex) = Convert(json, MessagePackLimits.Stored);
        Assert.Equal(JsonConversion.Done, result);
        return ToJson(Bytes.FromHex(hex));
    }

    private static (JsonConversion Result, string Hex) Convert(string json, MessagePackLimits limits)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(json), new JsonReaderOptions { MaxDepth = 1000 });
        reader.Read();
        var output = new ArrayBufferWriter<byte>();
        JsonConversion result = JsonToMessagePack.Convert(ref reader, output, limits, out _);
        Assert.False(reader.Read());
        return (result, System.Convert.ToHexStringLower(output.WrittenSpan));
    }

    private static string? ToJson(byte[] messagePack)
    {
        var output = new ArrayBufferWriter<byte>();
        Utf8JsonWriter writer = JsonWriters.Rent(output);
        bool written = MessagePackToJson.TryWrite(messagePack, writer, MessagePackLimits.Stored);
        JsonWriters.Complete(writer);
        Assert.Equal(written, output.WrittenCount > 0);
        return written ? Encoding.UTF8.GetString(output.WrittenSpan) : null;
    }
}
