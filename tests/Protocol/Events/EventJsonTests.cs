using Realtime.Protocol;
using Realtime.Protocol.Events;
using Realtime.Tests.Support;

namespace Realtime.Tests.Protocol.Events;

public sealed class EventJsonTests
{
    private static readonly EventPosition Position = SampleEvents.Position("3:1795230320701-12.k3x9qa");

    [Fact]
    public void A_full_event_has_the_keys_in_the_order_of_the_protocol() => Assert.Equal(
        """
        {"op":"event","id":"3:1795230320701-12.k3x9qa","channel":"agents","type":"agent.status",
        """
        + """
        "agent":"a1","task":"t1","project":"p1","state_key":"agent:a1:status",
        """
        + """
        "ts":1795230320698,"sent":1795230320703,"payload":{"n":9007199254740993}}
        """,
        Write(SampleEvents.Full("{\"n\":9007199254740993}"), snapshot: false));

    [Fact]
    public void What_is_absent_is_left_out_and_the_append_time_stands_for_the_producers_clock() => Assert.Equal(
        """
        {"op":"event","id":"3:1795230320701-12.k3x9qa","channel":"system","type":"notice",
        """
        + """
        "ts":1795230320701,"sent":1795230320703,"snapshot":true,"payload":null}
        """,
        Write(SampleEvents.Bare("null"), snapshot: true));

    [Fact]
    public void A_deleted_value_is_named_and_a_key_is_escaped_as_json_asks()
    {
        EventEnvelope deletes = SampleEvents.Bare("null") with { StateKey = """a"b\c<d""" };
        Assert.Equal(
            """
            {"op":"event","id":"3:1795230320701-12.k3x9qa","channel":"system","type":"notice",
            """
            + """
            "state_key":"a\"b\\c<d","ts":1795230320701,"sent":1795230320703,"payload":null}
            """,
            Write(deletes, snapshot: false));
    }

    [Fact]
    public void A_payload_that_is_no_value_is_the_callers_error_and_leaves_the_next_writing_whole()
    {
        EventEnvelope broken = SampleEvents.Bare("1") with { Payload = new byte[] { 0xc1 } };
        Assert.Throws<ArgumentException>(() => Write(broken, snapshot: false));
        Assert.EndsWith("\"payload\":1}", Write(SampleEvents.Bare("1"), snapshot: false), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_channel_has_its_name()
    {
        foreach (Channel channel in Enum.GetValues<Channel>())
        {
            string json = Write(SampleEvents.Bare("1") with { Channel = channel }, snapshot: false);
            Assert.Contains($"\"channel\":\"{ChannelNames.NameOf(channel)}\"", json, StringComparison.Ordinal);
        }
    }

    private static string Write(EventEnvelope envelope, bool snapshot) =>
        Bytes.TextOf(output => EventJson.Write(output, envelope, Position, 1_795_230_320_703, snapshot));
}
