using System.Text;
using Realtime.Protocol;
using Realtime.Protocol.Events;
using Realtime.Protocol.MessagePack;
using Realtime.Protocol.Messages;
using Realtime.Protocol.Subscriptions;
using Realtime.Protocol.Tokens;
using Realtime.Tests.Support;
using Xunit.Abstractions;

namespace Realtime.Tests.Protocol;

/// <summary>What hostile input costs is bounded by limits, not by what it claims.</summary>
public sealed class HostileInputTests(ITestOutputHelper output)
{
    [Fact]
    public void Reading_messagepack_allocates_nothing()
    {
        byte[][] inputs =
        [
            Bytes.FromHex("82a16101a16192c003"), Bytes.FromHex("ddffffffff"),
            Bytes.FromHex("dfffffffff"), Bytes.FromHex("dbffffffff61"),
            .. Enumerable.Range(0, 200).Select(seed => RandomBytes(seed, 500)),
        ];
        long allocated = Allocated(() =>
        {
            foreach (byte[] input in inputs)
            {
                var reader = new MessagePackReader(input);
                while (reader.TrySkip(MessagePackLimits.Stored))
                {
                }

                EnvelopeCodec.TryRead(input, out _);
                if (MessagePackCheck.Find(input, 1024, out _) == MessagePackFault.None)
                {
                    _ = MessagePackPayload.Check(input, MessagePackLimits.Default, out _);
                }
            }
        });
        Assert.Equal(0, allocated);
    }

    [Fact]
    public void A_large_payload_is_refused_before_much_of_it_is_copied()
    {
        // 4 MB of numbers that more than double in MessagePack.
        byte[] body = Encoding.UTF8.GetBytes(
            $$"""{"channel":"agents","type":"t","payload":"""
            + $$"""[{{string.Join(',', Enumerable.Repeat("0.5", 1_000_000))}}]}""");
        var limits = new PublishLimits(ValuesMax: 4_000_000);
        long allocated = Allocated(
            () => Assert.Equal(PublishOutcome.TooLarge, PublishReader.Read(body, limits).Outcome));
        Assert.InRange(allocated, 0, 400_000);
        byte[] binary = MessagePackJson.FromJson(Encoding.UTF8.GetString(body));
        Assert.InRange(
            Allocated(() =>
                Assert.Equal(PublishOutcome.TooLarge, PublishReader.ReadMessagePack(binary, limits).Outcome)),
            0, 400_000);
    }

    [Fact]
    public void Endless_lists_are_read_to_their_limit_only()
    {
        string list = string.Join(',', Enumerable.Repeat("\"a\"", 15_000));
        byte[] frame = Encoding.UTF8.GetBytes(
            $$"""{"op":"subscribe","id":"s","agents":[{{list}}],"after":[{{list}}]}""");
        Assert.InRange(
            Allocated(() => ClientMessageReader.TryRead(frame, new ClientMessageLimits(), [], out _)), 0, 100_000);
        byte[] binary = MessagePackJson.FromJson(Encoding.UTF8.GetString(frame));
        Assert.InRange(
            Allocated(() => ClientMessageReader.TryReadMessagePack(binary, new ClientMessageLimits(), [], out _)),
            0, 100_000);

        string query = string.Join(',', Enumerable.Repeat("a", 100_000));
        Assert.InRange(
            Allocated(() => EventFilterReader.TryRead(new(Agents: query), new ClientMessageLimits(), out _, out _)),
            0, 50_000);
    }

    [Fact]
    public void Random_bytes_are_never_more_than_refused() => Fuzzing.Run(output, random =>
    {
        for (int i = 0; i < 100; i++)
        {
            byte[] bytes = RandomBytes(random.Next(), 64);
            string text = Encoding.Latin1.GetString(bytes);
            _ = ClientMessageReader.TryRead(bytes, new ClientMessageLimits(), [], out _);
            _ = ClientMessageReader.TryReadMessagePack(bytes, new ClientMessageLimits(), [], out _);
            _ = PublishReader.Read(bytes, new PublishLimits());
            _ = PublishReader.ReadMessagePack(bytes, new PublishLimits());
            _ = EnvelopeCodec.TryRead(bytes, out _);
            _ = EventPosition.TryParse(text, out _);
            _ = TerminalFrom.TryParse(text, out _);
            _ = NamePattern.TryParse(text, out _);
            _ = CursorText.TryParse(text, out _, out _);
        }
    });

    [Theory]
    [InlineData("\\ude00")]
    [InlineData("\\ud83d")]
    [InlineData("\\ud83dx")]
    [InlineData("a\\ud83d\\ud83d")]
    public void A_name_with_half_a_surrogate_pair_is_none_of_ours_and_throws_nothing(string name)
    {
        byte[] message = Encoding.UTF8.GetBytes($$"""{"op":"ping","{{name}}":1,"seq":1,"nonce":"n"}""");
        Assert.True(ClientMessageReader.TryRead(message, new ClientMessageLimits(), [], out _));
        Assert.True(ProducerMessageReader.TryRead(message, new ProducerMessageLimits(), [], out _));
        PublishRequest read = PublishReader.Read(
            Encoding.UTF8.GetBytes($$"""{"channel":"agents","type":"t","{{name}}":1,"payload":{"{{name}}":1} }"""),
            new PublishLimits());
        Assert.NotEmpty(read.Errors);
        Assert.False(LeaseReader.TryRead(message, isMessagePack: false, isRelease: false, out _, out _));
    }

    [Theory]
    [InlineData("3:1795230320701-12.k3x9qa")]
    [InlineData("tail:65536")]
    [InlineData("4096.k3x9qa")]
    [InlineData("agent.*")]
    [InlineData("1795230320701-12")]
    [InlineData("k3x9qa")]
    [InlineData("agents")]
    public void What_is_read_of_damaged_texts_is_written_alike(string valid)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(valid);
        Fuzzing.Run(output, random =>
        {
            string text = Encoding.Latin1.GetString(Mutation.Of(bytes, random));
            Assert.True(!EventPosition.TryParse(text, out EventPosition position) || position.ToString() == text);
            Assert.True(!TerminalFrom.TryParse(text, out TerminalFrom from) || from.ToString() == text);
            Assert.True(!NamePattern.TryParse(text, out NamePattern pattern) || pattern.ToString() == text);
            Assert.True(!Epoch.TryParse(text, out Epoch epoch) || epoch.ToString() == text);
            Assert.True(!EntryId.TryParse(text, out EntryId id) || id.ToString() == text);
            Assert.True(!ChannelNames.TryParse(text, out Channel channel) || ChannelNames.NameOf(channel) == text);
        });
    }

    private static byte[] RandomBytes(int seed, int length)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    // The first run pays for what is made once.
    private static long Allocated(Action action)
    {
        action();
        long before = GC.GetAllocatedBytesForCurrentThread();
        action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
