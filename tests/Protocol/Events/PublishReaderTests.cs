using System.Text;
using Realtime.Protocol.Events;
using Realtime.Tests.Support;
using Xunit.Abstractions;

namespace Realtime.Tests.Protocol.Events;

public sealed class PublishReaderTests(ITestOutputHelper output)
{
    private const string Whole =
        """
        {"channel":"agents","type":"agent.status","agent":"a1","task":"t1","project":"p1","group":"g1",
        """
        + """
        "state_key":"agent:a1:status","key":"idem-1","ts":1795230320698,"later":{"x":[1]},"payload":{"s":"running"}}
        """;

    [Fact]
    public void A_whole_event_is_read_field_by_field()
    {
        PublishEvent read = Assert.Single(Read(Whole).Events);
        EventEnvelope expected = SampleEvents.Full("{\"s\":\"running\"}") with { TraceParent = null };
        Assert.Equal("idem-1", read.IdempotencyKey);
        Assert.Equal(expected.Payload.ToArray(), read.Envelope.Payload.ToArray());
        Assert.Equal(expected with { Payload = default }, read.Envelope with { Payload = default });
    }

    [Fact]
    public void An_array_keeps_its_order_and_each_event_its_own_payload()
    {
        string[] payloads = [.. Enumerable.Range(0, 300).Select(n => $"{{\"n\":{n},\"t\":\"{new string('x', n)}\"}}")];
        IEnumerable<string> one = payloads.Select(payload => Event($"\"payload\":{payload}"));
        IReadOnlyList<PublishEvent> read = Read($"[{string.Join(',', one)}]").Events;
        Assert.Equal(300, read.Count);
        for (int n = 0; n < read.Count; n++)
        {
            Assert.Equal(SampleEvents.Payload(payloads[n]).ToArray(), read[n].Envelope.Payload.ToArray());
        }
    }

    [Theory]
    [InlineData("\"channel\":\"agent\"", "/channel")]
    [InlineData("\"channel\":1", "/channel")]
    [InlineData("\"channel\":[\"agents\"]", "/channel")]
    [InlineData("\"type\":\"\"", "/type")]
    [InlineData("\"type\":\"a b\"", "/type")]
    [InlineData("\"type\":{}", "/type")]
    [InlineData("\"agent\":\"-a\"", "/agent")]
    [InlineData("\"agent\":null", "/agent")]
    [InlineData("\"task\":\"\\ud800\"", "/task")]
    [InlineData("\"project\":true", "/project")]
    [InlineData("\"group\":\"ä\"", "/group")]
    [InlineData("\"state_key\":\"\"", "/state_key")]
    [InlineData("\"state_key\":\"a b\"", "/state_key")]
    [InlineData("\"key\":\"\\u007f\"", "/key")]
    [InlineData("\"key\":\"\"", "/key")]
    [InlineData("\"ts\":-1", "/ts")]
    [InlineData("\"ts\":1.5", "/ts")]
    [InlineData("\"ts\":\"1\"", "/ts")]
    [InlineData("\"ts\":253402300800000", "/ts")]
    [InlineData("\"ts\":99999999999999999999", "/ts")]
    [InlineData("\"payload\":null", "/payload")]
    [InlineData("\"payload\":1e999", "/payload")]
    [InlineData("\"payload\":\"\\ud800\"", "/payload")]
    public void A_bad_field_is_named(string field, string where)
    {
        PublishRequest read = Read(Event(field));
        Assert.Equal(where, Assert.Single(read.Errors).Where);
        Assert.Equal("bad_request", read.Errors[0].Code);
        Assert.Equal(PublishOutcome.Invalid, read.Outcome);
        Assert.Empty(read.Events);
    }

    [Theory]
    [InlineData("\"state_key\":\"!~\",\"payload\":null")]
    [InlineData("\"ts\":0")]
    [InlineData("\"ts\":253402300799999")]
    [InlineData("\"payload\":[]")]
    [InlineData("\"payload\":false")]
    [InlineData("\"payload\":{\"a\":1,\"a\":2}")]
    public void What_is_at_the_edge_is_taken(string field) =>
        Assert.Equal(PublishOutcome.Read, Read(Event(field)).Outcome);

    [Fact]
    public void Lengths_end_where_the_rules_say()
    {
        Assert.Empty(Read(Event($"\"agent\":\"{new string('a', 128)}\",\"key\":\"{new string('!', 128)}\"")).Errors);
        Assert.Empty(Read(Event($"\"state_key\":\"{new string('~', 256)}\"")).Errors);
        string[] tooLong =
        [
            $"\"agent\":\"{new string('a', 129)}\"",
            $"\"key\":\"{new string('!', 129)}\"",
            $"\"state_key\":\"{new string('~', 257)}\"",
        ];
        Assert.All(tooLong, field => Assert.Single(Read(Event(field)).Errors));
    }

    [Fact]
    public void All_errors_of_all_events_are_told_at_once()
    {
        PublishRequest read = Read(
            """[{"channel":"x"},7,{"channel":"tasks","type":"t","payload":1,"payload":2,"agent":" "}]""");
        Assert.Equal(
            ["/0/channel", "/0/type", "/0/payload", "/1", "/2/payload", "/2/agent"],
            read.Errors.Select(e => e.Where));
        Assert.Equal(PublishOutcome.Invalid, read.Outcome);
    }

    [Fact]
    public void At_most_100_errors_are_told()
    {
        string many = "[" + string.Join(',', Enumerable.Repeat("{}", 1_000)) + "]";
        Assert.Equal(100, Read(many).Errors.Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("7")]
    [InlineData("{} {}")]
    [InlineData("[{}")]
    [InlineData("{\"channel\":\"agents\",}")]
    public void What_is_no_body_is_one_error(string json)
    {
        PublishRequest read = Read(json);
        Assert.Equal(json == "{}" ? "/" : "", Assert.Single(read.Errors).Where);
        Assert.Equal(PublishOutcome.Invalid, read.Outcome);
    }

    [Fact]
    public void What_is_not_utf8_or_endlessly_deep_is_one_error()
    {
        Assert.Single(PublishReader.Read([(byte)'"', 0xff, (byte)'"'], new PublishLimits()).Errors);
        Assert.Single(Read(new string('[', 100_000)).Errors);
        Assert.Equal("/payload", Assert.Single(Read(Event("\"payload\":" + Nested(33))).Errors).Where);
        Assert.Empty(Read(Event("\"payload\":" + Nested(32))).Errors);
    }

    [Fact]
    public void Limits_on_size_and_number_are_told_apart_from_mistakes()
    {
        var limits = new PublishLimits(EventsMax: 3, PayloadBytesMax: 10, PayloadDepthMax: 2, ValuesMax: 6);
        Assert.Equal(PublishOutcome.Read, Read($"[{Event()},{Event()},{Event()}]", limits).Outcome);

        PublishRequest tooMany = Read($"[{Event()},{Event()},{Event()},{Event()}]", limits);
        Assert.Equal(PublishOutcome.TooLarge, tooMany.Outcome);
        Assert.Equal(("", "too_many"), (tooMany.Errors[0].Where, Assert.Single(tooMany.Errors).Code));

        PublishRequest tooLarge = Read($"[{Event()},{Event("\"payload\":\"0123456789\"")}]", limits);
        Assert.Equal((PublishOutcome.TooLarge, "/1/payload"), (tooLarge.Outcome, Assert.Single(tooLarge.Errors).Where));

        PublishRequest values = Read(
            $"[{Event("\"payload\":[1,2,3,4]")},{Event("\"payload\":[1,2]")},{Event()}]", limits);
        Assert.Equal((PublishOutcome.TooLarge, "/1/payload"), (values.Outcome, Assert.Single(values.Errors).Where));

        PublishRequest both = Read($"[{Event("\"payload\":\"0123456789\"")},{Event("\"agent\":1")}]", limits);
        Assert.Equal(PublishOutcome.Invalid, both.Outcome);
    }

    [Fact]
    public void No_error_repeats_the_producers_text()
    {
        PublishRequest read = Read(
            """[{"channel":"s3cret","type":"s3cret ","agent":"s3cret ","key":"s3cret ","s3cret":1,"payload":null}]""");
        Assert.Equal(5, read.Errors.Count);
        Assert.All(read.Errors, e => Assert.DoesNotContain("s3cret", e.Detail + e.Where, StringComparison.Ordinal));
    }

    [Fact]
    public void Random_damage_never_throws()
    {
        byte[] valid = Encoding.UTF8.GetBytes($"[{Whole},{Event("\"payload\":\"\\ud83d\\ude00\"")}]");
        Fuzzing.Run(output, random =>
        {
            PublishRequest read = PublishReader.Read(Mutation.Of(valid, random), new PublishLimits());
            Assert.Equal(read.Errors.Count == 0, read.Events.Count > 0);
        });
    }

    [Theory]
    [InlineData("\"producer\":\"r\",\"producer_epoch\":0,\"producer_seq\":1", "r/0/1")]
    [InlineData(
        "\"producer\":\"r\",\"producer_epoch\":9007199254740991,\"producer_seq\":9007199254740991",
        "r/9007199254740991/9007199254740991")]
    [InlineData("\"agent\":\"a1\"", null)]
    public void An_event_may_have_its_producers_number(string fields, string? expected)
    {
        ProducerMark? mark = Assert.Single(Read(Event(fields)).Events).Producer;
        Assert.Equal(expected, mark is { } m ? $"{m.Producer}/{m.Epoch}/{m.Seq}" : null);
    }

    [Theory]
    [InlineData("\"producer\":\"r\",\"producer_epoch\":0,\"producer_seq\":0", "/producer_seq")]
    [InlineData("\"producer\":\"r\",\"producer_epoch\":-1,\"producer_seq\":1", "/producer_epoch")]
    [InlineData("\"producer\":\"r\",\"producer_epoch\":0,\"producer_seq\":9007199254740992", "/producer_seq")]
    [InlineData("\"producer\":\"r r\",\"producer_epoch\":0,\"producer_seq\":1", "/producer")]
    [InlineData("\"producer_epoch\":0,\"producer_seq\":1", "/producer")]
    [InlineData("\"producer\":\"r\",\"producer_seq\":1", "/producer_epoch")]
    [InlineData("\"producer\":\"r\",\"producer_epoch\":0", "/producer_seq")]
    [InlineData("\"producer\":\"r\",\"producer_epoch\":0,\"producer_seq\":1,\"key\":\"k\"", "/key")]
    public void Half_a_producers_number_is_refused_by_its_field(string fields, string where) =>
        Assert.Equal(where, Assert.Single(Read(Event(fields)).Errors).Where);

    // The field replaces its namesake of a valid event.
    private static string Event(string field = "\"agent\":\"a1\"")
    {
        string[] rest = ["\"channel\":\"agents\"", "\"type\":\"t\"", "\"payload\":1"];
        IEnumerable<string> kept = rest.Where(r => !field.Contains(r.Split(':')[0] + ":", StringComparison.Ordinal));
        return "{" + string.Join(',', kept.Append(field)) + "}";
    }

    private static string Nested(int depth) => new string('[', depth) + new string(']', depth);

    // Everything here is read in both forms, with the same result.
    private static PublishRequest Read(string json, PublishLimits? limits = null)
    {
        PublishRequest read = PublishReader.Read(Encoding.UTF8.GetBytes(json), limits ?? new PublishLimits());
        PublishMessagePackTests.AssertSame(json, limits ?? new PublishLimits(), read);
        return read;
    }
}
