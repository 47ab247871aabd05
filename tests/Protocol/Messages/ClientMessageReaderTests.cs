using System.Text;
using Realtime.Protocol;
using Realtime.Protocol.Events;
using Realtime.Protocol.Messages;
using Realtime.Protocol.Subscriptions;
using Realtime.Tests.Support;
using Xunit.Abstractions;

namespace Realtime.Tests.Protocol.Messages;

public sealed class ClientMessageReaderTests(ITestOutputHelper output)
{
    [Fact]
    public void Subscribe_to_events_is_read_field_by_field()
    {
        var read = Assert.IsType<ClientMessage.Subscribe>(One(
            """{"op":"subscribe","id":"s1","channels":["agents","tasks"],"agents":"""
            + """["b","a*","b"],"tasks":"t1","projects":["*"],"types":["agent.*"],"after":"""
            + """["3:1795230320701-12.k3x9qa"],"snapshot":true,"conflate":true,"later":[1]}"""));
        Assert.Equal("s1", read.Id);
        Assert.True(read.Resumes && read.Snapshot && read.Conflate);
        Assert.Equal(SampleEvents.Position("3:1795230320701-12.k3x9qa"), Assert.Single(read.After));
        Assert.Equal(default(ChannelSet).With(Channel.Agents).With(Channel.Tasks), read.Filter.Channels);
        Assert.Equal(["a*", "b"], read.Filter.Agents.Select(p => p.ToString()));
        Assert.Equal(["t1"], read.Filter.Tasks.Select(p => p.ToString()));
        Assert.Equal(["*"], read.Filter.Projects.Select(p => p.ToString()));
        Assert.Equal(["agent.*"], read.Filter.Types.Select(p => p.ToString()));
    }

    [Fact]
    public void Subscribe_without_filters_is_for_everything_from_the_live_end()
    {
        var read = Assert.IsType<ClientMessage.Subscribe>(One("""{"id":"s1","op":"subscribe"}"""));
        Assert.Equal(EventFilter.All, read.Filter);
        Assert.False(read.Resumes || read.Snapshot || read.Conflate);
        Assert.True(Assert.IsType<ClientMessage.Subscribe>(One("""{"op":"subscribe","id":"s","after":[]}""")).Resumes);
        read = Assert.IsType<ClientMessage.Subscribe>(One("""{"op":"subscribe","id":"s","channels":"*"}"""));
        Assert.Equal(ChannelSet.All, read.Filter.Channels);
    }

    [Theory]
    [InlineData("", "start")]
    [InlineData(",\"from\":\"start\"", "start")]
    [InlineData(",\"from\":\"tail:65536\"", "tail:65536")]
    [InlineData(",\"from\":\"4096\"", "4096")]
    [InlineData(",\"from\":9007199254740993", "9007199254740993")]
    [InlineData(",\"from\":\"4096.k3x9qa\"", "4096.k3x9qa")]
    public void Subscribe_to_a_terminal_says_where_it_begins(string from, string expected)
    {
        string json = $$"""{"op":"subscribe","id":"d","terminal":"t1"{{from}}}""";
        var read = Assert.IsType<ClientMessage.SubscribeTerminal>(One(json));
        Assert.Equal(("d", "t1", expected), (read.Id, read.Task, read.From.ToString()));
    }

    [Fact]
    public void The_other_messages_are_read()
    {
        List<ClientMessage> read = Read(
            """
            [{"op":"hello","features":["lz4","x"]},{"op":"unsubscribe","id":"s1"},
            """
            + """
            {"op":"ack","id":"d","offset":9223372036854775807},
             {"op":"pause","id":"d"},{"op":"resume","id":"d"},{"op":"auth","token":"abc"},{"op":"ping","nonce":"ä\n"},
            """
            + """
            {"op":"ping"},
             {"op":"later","id":7},{"op":"ack","id":"d","offset":7,"epoch":"k3x9qa"},{"op":"hello"}]
            """);
        Assert.Equal(["lz4", "x"], Assert.IsType<ClientMessage.Hello>(read[0]).Features.AsEnumerable());
        Assert.Equal(new ClientMessage.Unsubscribe("s1"), read[1]);
        Assert.Equal(new ClientMessage.Ack("d", long.MaxValue), read[2]);
        Assert.Equal(new ClientMessage.Pause("d"), read[3]);
        Assert.Equal(new ClientMessage.Resume("d"), read[4]);
        Assert.Equal(new ClientMessage.Auth("abc"), read[5]);
        Assert.Equal(new ClientMessage.Ping("ä\n"), read[6]);
        Assert.Equal(new ClientMessage.Ack("d", 7, Epoch.Parse("k3x9qa")), read[8]);
        Assert.Equal(new ClientMessage.Ping(null), read[7]);
        Assert.Empty(Assert.IsType<ClientMessage.Hello>(read[9]).Features);
        Assert.Equal(10, read.Count);
    }

    [Theory]
    [InlineData("""{"op":"subscribe"}""", "id: missing")]
    [InlineData("""{"op":"subscribe","id":""}""", "id: must be 1 to 64")]
    [InlineData("""{"op":"subscribe","id":7}""", "id: must be 1 to 64")]
    [InlineData("""{"op":"subscribe","id":{"a":[]}}""", "id: must be 1 to 64")]
    [InlineData("""{"op":"subscribe","id":"s","id":"s"}""", "id: given twice")]
    [InlineData("""{"op":"subscribe","id":"s","op":"ping"}""", "op: given twice")]
    [InlineData("""{"op":"subscribe","id":"s","channels":["agents","x"]}""", "channels: item 2 must be one of")]
    [InlineData("""{"op":"subscribe","id":"s","channels":7}""", "channels: must be a text or a list of texts")]
    [InlineData("""{"op":"subscribe","id":"s","agents":{"a":1}}""", "agents: must be a text or a list of texts")]
    [InlineData("""{"op":"subscribe","id":"s","agents":["a",["b"],"c"]}""", "agents: item 2 must be a name")]
    [InlineData("""{"op":"subscribe","id":"s","agents":["*a"]}""", "agents: item 1 must be a name")]
    [InlineData("""{"op":"subscribe","id":"s","agents":["\ud800"]}""", "agents: item 1 must be a name")]
    [InlineData("""{"op":"subscribe","id":"s","tasks":[]}""", "tasks: an empty list")]
    [InlineData("""{"op":"subscribe","id":"s","after":[7]}""", "after: item 1 must be a position")]
    [InlineData("""{"op":"subscribe","id":"s","after":{}}""", "after: must be a position or a list")]
    [InlineData("""{"op":"subscribe","id":"s","after":["3:1-1.aaaaaa","3:1-2.aaaaaa"]}""",
        "after: two positions for partition 3")]
    [InlineData("""{"op":"subscribe","id":"s","snapshot":1}""", "snapshot: must be true or false")]
    [InlineData("""{"op":"subscribe","id":"s","conflate":[[]]}""", "conflate: must be true or false")]
    [InlineData("""{"op":"subscribe","id":"s","from":"start"}""", "from: only with terminal")]
    [InlineData("""{"op":"subscribe","id":"s","terminal":" "}""", "terminal: must be a task")]
    [InlineData("""{"op":"subscribe","id":"s","terminal":"t","from":"tail:-1"}""", "from: must be start, tail")]
    [InlineData("""{"op":"subscribe","id":"s","terminal":"t","from":-1}""", "from: must be start, tail")]
    [InlineData("""{"op":"subscribe","id":"s","terminal":"t","agents":"a"}""",
        "terminal: a subscription is to a terminal or to events; leave out agents")]
    [InlineData("""{"op":"ack","id":"s"}""", "offset: missing")]
    [InlineData("""{"op":"ack","id":"s","offset":1.5}""", "offset: must be a whole number")]
    [InlineData("""{"op":"ack","id":"s","offset":1,"epoch":"K3X9QA"}""",
        "epoch: must be six characters of a-z and 0-9")]
    [InlineData("""{"op":"ack","id":"s","offset":1,"epoch":7}""", "epoch: must be six characters of a-z and 0-9")]
    [InlineData("""{"op":"ack","id":"s","offset":9223372036854775808}""", "offset: must be a whole number")]
    [InlineData("""{"op":"auth"}""", "token: missing")]
    [InlineData("""{"op":"auth","token":""}""", "token: must be a text")]
    [InlineData("""{"op":"ping","nonce":7}""", "nonce: must be a text")]
    [InlineData("""{"op":"hello","features":"x"}""", "features: must be a list")]
    [InlineData("""{"op":"hello","features":[["x"],{},"y"]}""", "features: must be a list")]
    [InlineData("""{"op":"unsubscribe"}""", "id: missing")]
    public void A_wrong_message_names_field_and_rule(string json, string detail)
    {
        // What stands behind it is read all the same.
        List<ClientMessage> read = Read($$"""[{{json}},{"op":"ping"}]""");
        Assert.Equal(2, read.Count);
        var invalid = Assert.IsType<ClientMessage.Invalid>(read[0]);
        Assert.StartsWith(detail, invalid.Detail, StringComparison.Ordinal);
        Assert.Equal("bad_request", invalid.Code);
        Assert.Contains($"\"op\":\"{invalid.Op}\"", json, StringComparison.Ordinal);
        Assert.Equal(json.Contains("\"id\":\"s\"", StringComparison.Ordinal) ? "s" : null, invalid.Id);
    }

    [Fact]
    public void All_errors_of_a_message_are_told_at_once()
    {
        ClientMessage.Invalid invalid = Refused(
            """{"op":"subscribe","agents":[" ","a","-"],"snapshot":0,"after":["x"]}""");
        Assert.Equal(
            "agents: item 1 must be a name, the beginning of a name followed by *, or *; "
            + "agents: item 3 must be a name, the beginning of a name followed by *, or *; "
            + "snapshot: must be true or false; "
            + "after: item 1 must be a position <partition>:<ms>-<offset>.<epoch>; "
            + "id: missing",
            invalid.Detail);
    }

    [Fact]
    public void Too_many_patterns_have_their_own_code()
    {
        string list = string.Join(',', Enumerable.Range(0, 65).Select(n => $"\"a{n}\""));
        ClientMessage.Invalid invalid = Refused(
            $$"""{"op":"subscribe","id":"s","agents":[{{list}}]}""");
        Assert.Equal(("too_many", "agents: at most 64 items"), (invalid.Code, invalid.Detail));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("{")]
    [InlineData("7")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"op":7}""")]
    [InlineData("""{"op":null}""")]
    [InlineData("""{"op":"\ud800"}""")]
    [InlineData("""[{"op":"ping"},7]""")]
    [InlineData("""[{"op":"ping"},[]]""")]
    [InlineData("""[{"op":"ping"},{"id":"s"}]""")]
    [InlineData("""[{"op":"ping"}""")]
    [InlineData("""{"op":"ping"}{"op":"ping"}""")]
    [InlineData("""{"op":"ping","x":[[[[[[[[1]]]]]]]]}""")]
    [InlineData("""{"op":"ping",}""")]
    public void What_is_no_message_is_told_shortly_and_nothing_is_taken(string json)
    {
        var messages = new List<ClientMessage>();
        Assert.False(TryRead(json, messages, out string? error));
        Assert.Empty(messages);
        Assert.InRange(Encoding.UTF8.GetByteCount(error!), 1, 123);
    }

    [Fact]
    public void Limits_end_where_they_say()
    {
        string most = "[" + string.Join(',', Enumerable.Repeat("""{"op":"ping"}""", 64)) + "]";
        Assert.Equal(64, Read(most).Count);
        string more = most[..^1] + ",{}]";
        Assert.False(TryRead(more, [], out string? error));
        Assert.Equal("more than 64 messages in one frame", error);
        Assert.Single(Read("""{"op":"ping","x":[[[[[[[1]]]]]]]}"""));
        Assert.Empty(Read("[]"));
    }

    [Fact]
    public void Nothing_repeats_the_clients_text_or_shows_its_token()
    {
        ClientMessage.Invalid invalid = Refused(
            """{"op":"subscribe","id":"s3cret ","agents":"s3cret ","s3cret":1,"after":"s3cret"}""");
        Assert.DoesNotContain("s3cret", invalid.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", One("""{"op":"auth","token":"s3cret"}""").ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Random_damage_never_throws()
    {
        byte[] valid = Encoding.UTF8.GetBytes(
            """[{"op":"subscribe","id":"s1","channels":["agents"],"agents":["a*","\u0061"],"after":"""
            + """["3:1-12.k3x9qa"],"snapshot":true},"""
            + """{"op":"ack","id":"d","offset":12},{"op":"hello","features":["x"]}]""");
        Fuzzing.Run(output, random =>
        {
            var messages = new List<ClientMessage>();
            bool read = ClientMessageReader.TryRead(
                Mutation.Of(valid, random), new ClientMessageLimits(), messages, out string? error);
            Assert.Equal(read, error is null);
            Assert.True(read || messages.Count == 0);
        });
    }

    // Everything here is read in both forms, with the same result.
    private static bool TryRead(string json, List<ClientMessage> messages, out string? error)
    {
        bool read = ClientMessageReader.TryRead(
            Encoding.UTF8.GetBytes(json), new ClientMessageLimits(), messages, out error);
        ClientMessagePackReaderTests.AssertSame(json, read, messages, error);
        return read;
    }

    private static ClientMessage.Invalid Refused(string json) => Assert.IsType<ClientMessage.Invalid>(One(json));

    private static ClientMessage One(string json) => Assert.Single(Read(json));

    private static List<ClientMessage> Read(string json)
    {
        var messages = new List<ClientMessage>();
        Assert.True(TryRead(json, messages, out string? error), error);
        return messages;
    }
}
