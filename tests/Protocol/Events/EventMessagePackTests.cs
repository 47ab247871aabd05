using System.Buffers;
using Realtime.Protocol;
using Realtime.Protocol.Events;
using Realtime.Tests.Support;

namespace Realtime.Tests.Protocol.Events;

public sealed class EventMessagePackTests
{
    private const long Sent = 1_795_230_320_703;

    private static readonly EventPosition P12 = SampleEvents.Position("3:1795230320701-12.k3x9qa");

    [Fact]
    public void An_event_is_exactly_these_bytes() => Assert.Equal(
        "87a26f70a56576656e74a26964b9333a313739353233303332303730312d31322e6b3378397161a76368616e6e656ca673797374656d"
        + "a474797065a66e6f74696365a27473cf000001a1fc10c83da473656e74cf000001a1fc10c83fa77061796c6f6164a568656c6c6f",
        Convert.ToHexStringLower(
            Bytes.Of(o => EventMessagePack.Write(o, SampleEvents.Bare("\"hello\""), P12, Sent, snapshot: false))));

    [Fact]
    public void It_says_what_its_json_says_in_the_same_order()
    {
        var random = new Random(3);
        for (int i = 0; i < 500; i++)
        {
            string? Maybe(string text) => random.Next(2) == 0 ? text : null;
            EventEnvelope envelope = SampleEvents.Full(RandomJson.Next(random, depth: 3)) with
            {
                Channel = (Channel)random.Next(1, 8),
                Agent = Maybe("a1"),
                Task = Maybe(new string('t', 128)),
                Project = Maybe("p1"),
                StateKey = Maybe("agent:\"a1\":status"),
                ProducedMs = random.Next(2) == 0 ? random.NextInt64() : null,
            };
            bool snapshot = random.Next(2) == 0;
            Assert.Equal(
                Bytes.TextOf(o => EventJson.Write(o, envelope, P12, Sent, snapshot)),
                MessagePackJson.ToJson(Bytes.Of(o => EventMessagePack.Write(o, envelope, P12, Sent, snapshot))));
        }
    }

    [Theory]
    [InlineData("c4020102")]
    [InlineData("cd0001")]
    [InlineData("ca3dcccccd")]
    [InlineData("82a16101a16102")]
    public void The_payload_is_passed_on_as_it_is_stored(string hex)
    {
        EventEnvelope envelope = SampleEvents.Bare("1") with { Payload = Bytes.FromHex(hex) };
        byte[] written = Bytes.Of(o => EventMessagePack.Write(o, envelope, P12, Sent, snapshot: true));
        string end = "a7" + Convert.ToHexStringLower("payload"u8) + hex;
        Assert.EndsWith(end, Convert.ToHexStringLower(written), StringComparison.Ordinal);
    }

    [Fact]
    public void It_is_written_without_allocating()
    {
        EventEnvelope envelope = SampleEvents.Full("{\"status\":\"running\"}");
        var output = new ArrayBufferWriter<byte>(4096);
        EventMessagePack.Write(output, envelope, P12, Sent, snapshot: true);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            output.ResetWrittenCount();
            EventMessagePack.Write(output, envelope, P12, Sent, snapshot: true);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
