using System.Text;
using Realtime.Protocol.Messages;
using Realtime.Tests.EndToEnd;
using Realtime.Tests.Support;
using Xunit.Abstractions;

namespace Realtime.Tests.Protocol.Messages;

/// <summary>Messages of producers, in both forms. Their walk through a frame is that of viewers' messages.</summary>
public sealed class ProducerMessageReaderTests(ITestOutputHelper output)
{
    private static readonly ProducerMessageLimits Small = new(BodyBytesMax: 8, MessagesPerFrame: 2);

    [Theory]
    [InlineData("aGVsbG8=", "hello")]
    [InlineData("aGVs bG8=", "hello")]
    [InlineData("\\u0061GVsbG8=", "hello")]
    [InlineData("Pz8\\/", "???")]
    [InlineData("Pj4\\u002B", ">>>")]
    public void Base64_is_decoded_where_it_stands_however_it_is_written(string data, string expected)
    {
        var append = Assert.IsType<ProducerMessage.Append>(Assert.Single(Read(
            $$"""{"data":"{{data}}","task":"t1","seq":3,"op":"append","offset":12,"stream":"stderr"}""")));

        Assert.Equal(expected, Encoding.UTF8.GetString(append.Data.Span));
        Assert.Equal((3, "t1", 12L, true), (append.Seq, append.Task, append.Offset, append.IsStderr));
    }

    [Fact]
    public void Events_are_found_where_they_stand_in_both_forms()
    {
        const string Json =
            """[{"op":"publish","seq":0,"events":[ {"a":[1]} ] },{"op":"end","seq":9,"task":"t","exit_code":-1}]""";
        List<ProducerMessage> messages = Read(Json);
        Assert.Equal("[ {\"a\":[1]} ]", Encoding.UTF8.GetString(((ProducerMessage.Publish)messages[0]).Events.Span));
        Assert.Equal(new ProducerMessage.End(9, "t", -1), messages[1]);

        var binary = new List<ProducerMessage>();
        Assert.True(ProducerMessageReader.TryReadMessagePack(
            MessagePackJson.FromJson(Json), new ProducerMessageLimits(), binary, out string? error), error);
        Assert.Equal("[{\"a\":[1]}]", MessagePackJson.ToJson(((ProducerMessage.Publish)binary[0]).Events.Span));
        Assert.Equal(messages[1], binary[1]);
    }

    [Fact]
    public void Bytes_of_messagepack_are_a_part_of_the_frame()
    {
        byte[] frame = ProducerSpeech.AppendMessagePack(7, "t1", 5, [1, 2, 3]);
        var messages = new List<ProducerMessage>();
        Assert.True(ProducerMessageReader.TryReadMessagePack(frame, new ProducerMessageLimits(), messages, out _));
        var append = Assert.IsType<ProducerMessage.Append>(Assert.Single(messages));

        Assert.Equal([1, 2, 3], append.Data.ToArray());
        frame[^1] = 9;
        Assert.Equal(9, append.Data.Span[2]);
    }

    [Fact]
    public void Limits_have_codes_of_their_own()
    {
        Assert.IsType<ProducerMessage.Append>(
            One("""{"op":"append","seq":1,"task":"t","data":"MTIzNDU2Nzg="}""", Small));
        var append = Assert.IsType<ProducerMessage.Invalid>(
            One("""{"op":"append","seq":1,"task":"t","data":"MTIzNDU2Nzg5"}""", Small));
        Assert.Equal(("too_large", 1L), (append.Code, append.Seq));
        var publish = Assert.IsType<ProducerMessage.Invalid>(
            One("""{"op":"publish","seq":2,"events":[1,2,3,4]}""", Small));
        Assert.Equal("too_large", publish.Code);
        Assert.False(ProducerMessageReader.TryRead(
            "[{\"op\":\"ping\"},{\"op\":\"ping\"},{\"op\":\"ping\"}]"u8.ToArray(), Small, [], out string? error));
        Assert.Equal("more than 2 messages in one frame", error);
    }

    [Fact]
    public void Damage_never_throws_and_nothing_reaches_beyond_the_frame()
    {
        byte[] json = Encoding.UTF8.GetBytes(
            """[{"op":"publish","seq":1,"events":[{"channel":"agents","payload":{"x":[1,"é"]}}]},"""
            + """{"op":"append","seq":2,"task":"t","offset":5,"data":"aGV\u0073bG8=","after_loss":"k3x9qa"},"""
            + """{"op":"resize","seq":3,"task":"t","cols":80,"rows":24},"""
            + """{"op":"end","seq":4,"task":"t","exit_code":0},{"op":"ping","nonce":"n"}]""");
        byte[] binary = [.. MessagePackJson.FromJson(Encoding.UTF8.GetString(json))];
        byte[] append = ProducerSpeech.AppendMessagePack(1, "t", 0, [1, 2, 3, 4]);
        Fuzzing.Run(output, random =>
        {
            Memory<byte> text = Mutation.Of(json, random);
            Check(
                text.Length,
                ProducerMessageReader.TryRead(
                    text, Small with { BodyBytesMax = 100, MessagesPerFrame = 64 }, Into(out var messages),
                    out string? error),
                messages, error);
            Memory<byte> packed = Mutation.Of(random.Next(2) == 0 ? binary : append, random);
            Check(
                packed.Length,
                ProducerMessageReader.TryReadMessagePack(
                    packed, new ProducerMessageLimits(), Into(out messages), out error),
                messages, error);
        });
    }

    [Fact]
    public void Every_cut_is_refused()
    {
        byte[] json = Encoding.UTF8.GetBytes("""{"op":"append","seq":2,"task":"t","data":"aGVsbG8="}""");
        byte[] binary = ProducerSpeech.AppendMessagePack(1, "t", 0, [1, 2, 3, 4]);
        for (int length = 0; length < json.Length; length++)
        {
            Assert.False(ProducerMessageReader.TryRead(
                json.AsMemory(0, length).ToArray(), new ProducerMessageLimits(), [], out _));
        }

        for (int length = 0; length < binary.Length; length++)
        {
            Assert.False(ProducerMessageReader.TryReadMessagePack(
                binary.AsMemory(0, length).ToArray(), new ProducerMessageLimits(), [], out _));
        }
    }

    private static List<ProducerMessage> Into(out List<ProducerMessage> messages) => messages = [];

    private static void Check(int frameLength, bool read, List<ProducerMessage> messages, string? error)
    {
        Assert.Equal(read, error is null);
        Assert.True(read || (messages.Count == 0 && Encoding.UTF8.GetByteCount(error!) <= 123));
        Assert.All(
            messages.OfType<ProducerMessage.Append>(), append => Assert.InRange(append.Data.Length, 1, frameLength));
    }

    private static ProducerMessage One(string json, ProducerMessageLimits limits)
    {
        var messages = new List<ProducerMessage>();
        Assert.True(
            ProducerMessageReader.TryRead(Encoding.UTF8.GetBytes(json), limits, messages, out string? error), error);
        return Assert.Single(messages);
    }

    private static List<ProducerMessage> Read(string json)
    {
        var messages = new List<ProducerMessage>();
        Assert.True(ProducerMessageReader.TryRead(
            Encoding.UTF8.GetBytes(json), new ProducerMessageLimits(), messages, out string? error), error);
        return messages;
    }
}
