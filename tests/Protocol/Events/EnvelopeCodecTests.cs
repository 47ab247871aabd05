using Realtime.Protocol.Events;
using Realtime.Protocol.MessagePack;
using Realtime.Tests.Support;
using Xunit.Abstractions;

namespace Realtime.Tests.Protocol.Events;

public sealed class EnvelopeCodecTests(ITestOutputHelper output)
{
    private const string BareHex = "9b 01 05 a6 6e6f74696365 c0 c0 c0 c0 c0 c0 07 c0";

    [Fact]
    public void A_bare_event_is_exactly_these_bytes() =>
        Assert.Equal(Bytes.FromHex(BareHex), Write(SampleEvents.Bare("7")));

    [Fact]
    public void A_full_event_comes_back_and_its_payload_is_a_view()
    {
        EventEnvelope written = SampleEvents.Full("{\"n\":9007199254740993,\"t\":\"ä\"}");
        byte[] stored = Write(written);
        Assert.Equal(stored, Write(written));

        Assert.True(EnvelopeCodec.TryRead(stored, out EventEnvelope? read));
        Assert.Equal(written.Payload.ToArray(), read!.Payload.ToArray());
        Assert.Equal(written with { Payload = default }, read with { Payload = default });
        Assert.True(read.Payload.Span.Overlaps(stored));
    }

    [Fact]
    public void Elements_of_later_writers_are_passed_over()
    {
        byte[] later = Bytes.FromHex("9d" + BareHex[2..] + "81a16101 c403000000");
        Assert.True(EnvelopeCodec.TryRead(later, out EventEnvelope? read));
        Assert.Equal("07", Convert.ToHexStringLower(read!.Payload.Span));
    }

    [Theory]
    [InlineData("02")]
    [InlineData("c0")]
    public void Another_version_is_refused(string version) =>
        Assert.False(EnvelopeCodec.TryRead(Bytes.FromHex("9b " + version + BareHex[5..]), out _));

    [Theory]
    [InlineData("9b 01 00 a16e c0 c0 c0 c0 c0 c0 07 c0")]
    [InlineData("9b 01 08 a16e c0 c0 c0 c0 c0 c0 07 c0")]
    [InlineData("9b 01 05 c0 c0 c0 c0 c0 c0 c0 07 c0")]
    [InlineData("9b 01 05 a1ff c0 c0 c0 c0 c0 c0 07 c0")]
    [InlineData("9b 01 05 a16e 01 c0 c0 c0 c0 c0 07 c0")]
    [InlineData("9b 01 05 a16e c0 c0 c0 c0 c0 a131 07 c0")]
    [InlineData("9b 01 05 a16e c0 c0 c0 c0 c0 c0 c1 c0")]
    [InlineData("9b 01 05 a16e c0 c0 c0 c0 c0 c0 07 01")]
    [InlineData("9b 01 05 a16e c0 c0 c0 c0 c0 c0 07 c0 c0")]
    [InlineData("9a 01 05 a16e c0 c0 c0 c0 c0 c0 07")]
    [InlineData("9c 01 05 a16e c0 c0 c0 c0 c0 c0 07 c0 c1")]
    [InlineData("8b")]
    public void Damage_is_refused(string hex) => Assert.False(EnvelopeCodec.TryRead(Bytes.FromHex(hex), out _));

    [Fact]
    public void A_cut_off_envelope_is_refused_at_every_byte()
    {
        byte[] stored = Write(SampleEvents.Full("[1,2,3]"));
        for (int length = 0; length < stored.Length; length++)
        {
            Assert.False(EnvelopeCodec.TryRead(stored.AsMemory(0, length), out _));
        }
    }

    [Fact]
    public void Random_damage_never_throws_and_what_is_read_has_one_whole_payload()
    {
        byte[] stored = Write(SampleEvents.Full("{\"a\":[1,2.5,\"x\"]}"));
        Fuzzing.Run(output, random =>
        {
            if (EnvelopeCodec.TryRead(Mutation.Of(stored, random), out EventEnvelope? read))
            {
                var payload = new MessagePackReader(read!.Payload.Span);
                Assert.True(payload.TrySkip(MessagePackLimits.Stored) && payload.IsAtEnd);
                Assert.NotNull(read.PartitionGroup);
            }
        });
    }

    private static byte[] Write(EventEnvelope envelope) => Bytes.Of(output => EnvelopeCodec.Write(output, envelope));
}
