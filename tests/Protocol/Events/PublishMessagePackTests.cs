using System.Text;
using Realtime.Protocol.Events;
using Realtime.Tests.Protocol.MessagePack;
using Realtime.Tests.Support;
using Xunit.Abstractions;

namespace Realtime.Tests.Protocol.Events;

/// <summary>
/// Publishing in MessagePack. What holds for both forms is in <see cref="PublishReaderTests"/>, which reads everything
/// twice.
/// </summary>
public sealed class PublishMessagePackTests(ITestOutputHelper output)
{
    // channel: agents, type: t, payload: …
    private const string Event = "83 a76368616e6e656c a66167656e7473 a474797065 a174 a77061796c6f6164";

    [Theory]
    [InlineData("c403010203")]
    [InlineData("cd0001")]
    [InlineData("ca3dcccccd")]
    [InlineData("cb3fb999999999999a")]
    [InlineData("cfffffffffffffffff")]
    [InlineData("d38000000000000000")]
    [InlineData("82 a16101 a16102")]
    [InlineData("df00000001 d90161 dd00000001 db0000000178")]
    [InlineData("80")]
    [InlineData("90")]
    [InlineData("c2")]
    public void A_payload_is_kept_byte_for_byte(string payload)
    {
        PublishRequest read = Read(Event + payload);
        Assert.Empty(read.Errors);
        Assert.False(read.IsArray);
        Assert.Equal(Bytes.FromHex(payload), Assert.Single(read.Events).Envelope.Payload.ToArray());
    }

    [Theory]
    [InlineData("d40100", "extension")]
    [InlineData("d6ff5f000000", "extension")]
    [InlineData("c70cff000000010000000000000002", "extension")]
    [InlineData("91 81 a161 c90000000063", "extension")]
    [InlineData("cb7ff0000000000000", "number")]
    [InlineData("cb7ff8000000000000", "number")]
    [InlineData("ca7f800000", "number")]
    [InlineData("92 01 caffc00000", "number")]
    [InlineData("81 01 02", "key")]
    [InlineData("81 c0 02", "key")]
    [InlineData("81 c40161 02", "key")]
    [InlineData("81 a161 81 90 02", "key")]
    [InlineData("82 a161 92 01 02 03 04", "key")]
    public void What_json_cannot_say_is_refused_at_its_place(string payload, string what)
    {
        PublishRequest read = Read($"92 {Event} {payload} {Event} 01");
        PublishError error = Assert.Single(read.Errors);
        Assert.Equal(("/0/payload", "bad_request"), (error.Where, error.Code));
        Assert.Contains(
            $"a {what}",
            error.Detail.Replace("an extension", "a extension", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.True(read.IsArray);
    }

    [Theory]
    [InlineData("", "not MessagePack, or cut off: byte 1")]
    [InlineData("c1", "not MessagePack, or cut off: byte 1")]
    [InlineData("92 80", "not MessagePack, or cut off: byte 1")]
    [InlineData("80 80", "more than one value: byte 2; send an array")]
    [InlineData(Event + "a1ff", "a text is not UTF-8: byte 32")]
    [InlineData(Event + "91 81 a2c328 01", "a text is not UTF-8: byte 34")]
    [InlineData("ddffffffff", "not MessagePack, or cut off: byte 1")]
    public void What_is_no_body_is_one_error(string hex, string detail)
    {
        PublishError error = Assert.Single(Read(hex).Errors);
        Assert.Equal(("", "bad_request", detail), (error.Where, error.Code, error.Detail));
    }

    [Theory]
    [InlineData(
        "84" + "a76368616e6e656c c4066167656e7473 a474797065 a174 a77061796c6f6164 01 a27473 cb4059000000000000",
        "/channel /ts")]
    [InlineData("84" + "a76368616e6e656c a66167656e7473 a474797065 d40174 a77061796c6f6164 01 a56167656e74 c0",
        "/agent /type")]
    [InlineData("84" + "a76368616e6e656c a66167656e7473 a474797065 a174 a77061796c6f6164 01 01 02", "")]
    [InlineData("84" + "a76368616e6e656c a66167656e7473 a474797065 a174 a77061796c6f6164 01 a178 d6ff5f000000", "")]
    [InlineData("84" + "a76368616e6e656c a66167656e7473 a474797065 a174 a77061796c6f6164 01 a77061796c6f6164 9101",
        "/payload")]
    [InlineData("80", "/channel /payload /type")]
    [InlineData("c40180", "")]
    public void Fields_are_checked_as_those_of_json(string hex, string places)
    {
        PublishRequest read = Read(hex);
        Assert.Equal(places, string.Join(' ', read.Errors.Select(error => error.Where).Order(StringComparer.Ordinal)));
        Assert.Equal(hex.StartsWith("84", StringComparison.Ordinal) && places.Length == 0, read.Events.Count == 1);
    }

    [Fact]
    public void Depth_of_a_payload_and_of_the_body_have_their_limits()
    {
        string Nested(int depth) => string.Concat(Enumerable.Repeat("91", depth)) + "c0";
        Assert.Empty(Read(Event + Nested(32)).Errors);
        Assert.Equal("/payload", Assert.Single(Read(Event + Nested(33)).Errors).Where);
        Assert.Empty(PublishReader.ReadMessagePack(
            Bytes.FromHex("91" + Event + Nested(128)), new PublishLimits(PayloadDepthMax: 128)).Errors);
        Assert.Equal("/payload", Assert.Single(Read(Event + Nested(1023)).Errors).Where);
        Assert.Equal("nested deeper than 1024: byte 1055", Assert.Single(Read(Event + Nested(1024)).Errors).Detail);
        Assert.Single(Read(string.Concat(Enumerable.Repeat("91", 100_000))).Errors);
    }

    [Fact]
    public void A_body_that_is_cut_off_anywhere_is_refused()
    {
        byte[] whole = MessagePackJson.FromJson(
            """[{"channel":"agents","type":"t","agent":"a1","ts":1795230320698,"payload":"""
            + """{"s":"running","n":[1,2,{}]}}]""");
        Assert.Single(PublishReader.ReadMessagePack(whole, new PublishLimits()).Events);
        for (int length = 0; length < whole.Length; length++)
        {
            Assert.Single(PublishReader.ReadMessagePack(whole.AsSpan(0, length), new PublishLimits()).Errors);
        }
    }

    [Fact]
    public void Random_damage_never_throws_and_what_is_taken_can_be_shown_as_json()
    {
        byte[] valid = MessagePackJson.FromJson(
            """
            [{"channel":"agents","type":"t","state_key":"k","payload":{"s":"é","n":[1,0.5,{"a":null}]}},
             {"channel":"tasks","type":"t","payload":null,"key":"x","state_key":"k"}]
            """);
        int taken = 0;
        Fuzzing.Run(output, random =>
        {
            PublishRequest read = PublishReader.ReadMessagePack(Mutation.Of(valid, random), new PublishLimits());
            Assert.Equal(read.Errors.Count == 0, read.Events.Count > 0);
            foreach (PublishEvent one in read.Events)
            {
                taken++;
                AssertCanBeShown(one.Envelope.Payload.Span);
            }
        });
        output.WriteLine($"{taken} events taken.");
    }

    [Fact]
    public void Any_payload_is_kept_as_it_is_or_refused_for_what_json_cannot_say()
    {
        byte[] start = Bytes.FromHex(Event);
        Fuzzing.Run(output, random =>
        {
            byte[] payload = Bytes.Of(o => RandomMessagePack.Write(o, random, depth: 2));
            PublishRequest read = PublishReader.ReadMessagePack([.. start, .. payload], new PublishLimits());
            if (read.Errors.Count == 0)
            {
                ReadOnlyMemory<byte> kept = Assert.Single(read.Events).Envelope.Payload;
                Assert.True(payload.AsSpan().SequenceEqual(kept.Span));
                AssertCanBeShown(kept.Span);
                return;
            }

            PublishError error = Assert.Single(read.Errors);
            Assert.Equal("/payload", error.Where);
            bool isLarge = payload.Length > new PublishLimits().PayloadBytesMax;
            bool isForeign = IsForeign(MessagePackDescription.Of(payload)!);
            Assert.True(
                isLarge || isForeign || payload is [0xc0], $"{error.Detail}: {Convert.ToHexStringLower(payload)}");
        });
    }

    [Fact]
    public void Random_requests_are_read_alike_in_both_forms()
    {
        string[] names =
        [
            "channel", "type", "agent", "task", "project", "group", "state_key", "key", "ts", "payload", "payload",
            "x",
        ];
        string[] values =
        [
            "\"agents\"", "\"tasks\"", "\"a1\"", "\"a1\"", "\"k\"", "\"-\"", "\"\"", "1795230320698", "0", "-1", "0.5",
            "null", "[]", "{}", "true", "18446744073709551615",
        ];
        Fuzzing.Run(output, random =>
        {
            string One() => """{"channel":"agents","type":"t",""" + string.Join(
                ',', Enumerable.Range(0, random.Next(1, 5)).Select(_ =>
                    $"\"{random.GetItems(names, 1)[0]}\":" + (random.Next(4) == 0
                        ? RandomJson.Next(random, depth: 2)
                        : random.GetItems(values, 1)[0]))) + "}";
            string json = random.Next(2) == 0
                ? $"[{string.Join(',', Enumerable.Range(0, random.Next(4)).Select(_ => One()))}]"
                : One();
            AssertSame(
                json, new PublishLimits(), PublishReader.Read(Encoding.UTF8.GetBytes(json), new PublishLimits()));
        });
    }

    /// <summary>Checks that a body is read alike in MessagePack, if that can say the same.</summary>
    internal static void AssertSame(string json, PublishLimits limits, PublishRequest read)
    {
        if (MessagePackJson.TryFromJson(json) is not { } body)
        {
            Assert.NotEmpty(read.Errors);
            return;
        }

        PublishRequest other = PublishReader.ReadMessagePack(body, limits);
        Assert.Equal(read.Errors, other.Errors);
        Assert.Equal(read.IsArray, other.IsArray);
        Assert.Equal(read.Events.Count, other.Events.Count);
        foreach ((PublishEvent one, PublishEvent same) in read.Events.Zip(other.Events))
        {
            Assert.Equal(one.IdempotencyKey, same.IdempotencyKey);
            Assert.Equal(one.Producer, same.Producer);
            Assert.Equal(one.Envelope with { Payload = default }, same.Envelope with { Payload = default });
            Assert.True(one.Envelope.Payload.Span.SequenceEqual(same.Envelope.Payload.Span));
        }
    }

    // As JSON it says what it said: no character and no value was replaced.
    private static void AssertCanBeShown(ReadOnlySpan<byte> payload)
    {
        string json = MessagePackJson.ToJson(payload);
        Assert.DoesNotContain("\\uFFFD", json, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("\uFFFD", json, StringComparison.Ordinal);
        string? again = MessagePackDescription.Of(MessagePackJson.FromJson(json));
        Assert.Equal(CountNil(MessagePackDescription.Of(payload)!), CountNil(again!));
    }

    // Extensions, and floats that are infinite or none.
    private static bool IsForeign(string description) => description.Contains('x', StringComparison.Ordinal)
        || description.Contains("dnan", StringComparison.Ordinal)
        || description.Contains("d7ff0000000000000", StringComparison.Ordinal)
        || description.Contains("dfff0000000000000", StringComparison.Ordinal);

    // What JSON cannot say would become null.
    private static int CountNil(string description) => description.Count(letter => letter == 'n');

    private static PublishRequest Read(string hex) =>
        PublishReader.ReadMessagePack(Bytes.FromHex(hex), new PublishLimits());
}
