using System.Text;
using Realtime.Protocol.Messages;
using Realtime.Tests.Support;
using Xunit.Abstractions;

namespace Realtime.Tests.Protocol.Messages;

/// <summary>
/// Messages of clients in MessagePack. What holds for both forms is in <see cref="ClientMessageReaderTests"/>, which
/// reads everything twice.
/// </summary>
public sealed class ClientMessagePackReaderTests(ITestOutputHelper output)
{
    private const string Ping = "81 a26f70 a470696e67";

    [Theory]
    [InlineData("", "byte 1: not MessagePack, or cut off")]
    [InlineData("c1", "byte 1: not MessagePack, or cut off")]
    [InlineData("81 a26f70 a4706960", "byte 5: not MessagePack, or cut off")]
    [InlineData("ddffffffff", "byte 1: not MessagePack, or cut off")]
    [InlineData(Ping + "c0", "byte 10: more than one value")]
    [InlineData("82 a26f70 a470696e67 a178 a1ff", "not UTF-8")]
    [InlineData("82 a26f70 a470696e67 a1ff 01", "not UTF-8")]
    [InlineData("82 a26f70 a470696e67 a178 9191919191919191c0", "byte 19: nested deeper than 8")]
    [InlineData("c403010203", "message 1 is no object")]
    [InlineData("d6ff5f000000", "message 1 is no object")]
    [InlineData("92" + Ping + "90", "message 2 is no object")]
    [InlineData("80", "message 1 has no text \"op\"")]
    [InlineData("81 a26f70 c40470696e67", "message 1 has no text \"op\"")]
    [InlineData("81 c4026f70 a470696e67", "message 1 has no text \"op\"")]
    [InlineData("81 01 a470696e67", "message 1 has no text \"op\"")]
    public void What_is_no_message_is_told_and_nothing_is_taken(string hex, string expected)
    {
        var messages = new List<ClientMessage>();
        Assert.False(TryRead(Bytes.FromHex(hex), messages, out string? error));
        Assert.Equal(expected, error);
        Assert.Empty(messages);
    }

    [Theory]
    [InlineData("83 a26f70 a3 61636b a26964 a173 a66f6666736574 cb4028000000000000", "offset: must be a whole number")]
    [InlineData("83 a26f70 a3 61636b a26964 a173 a66f6666736574 cfffffffffffffffff", "offset: must be a whole number")]
    [InlineData("83 a26f70 a3 61636b a26964 a173 a66f6666736574 ff", "offset: must be a whole number")]
    [InlineData("82 a26f70 ab756e737562736372696265 a26964 c40173", "id: must be 1 to 64")]
    [InlineData("82 a26f70 ab756e737562736372696265 a26964 d40173", "id: must be 1 to 64")]
    [InlineData("82 a26f70 a470696e67 a56e6f6e6365 c0", "nonce: must be a text")]
    public void A_wrong_field_names_its_rule(string hex, string detail)
    {
        var messages = new List<ClientMessage>();
        Assert.True(TryRead(Bytes.FromHex(hex), messages, out string? error), error);
        var invalid = Assert.IsType<ClientMessage.Invalid>(Assert.Single(messages));
        Assert.StartsWith(detail, invalid.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("c403010203")]
    [InlineData("d6ff5f000000")]
    [InlineData("c70c05000000000000000000000000")]
    [InlineData("cb7ff8000000000000")]
    [InlineData("83 01 02 c0 91c3 91c0 80")]
    public void What_is_inside_an_unknown_field_may_be_anything(string hex)
    {
        var messages = new List<ClientMessage>();
        Assert.True(TryRead(Bytes.FromHex($"83 a178 {hex} {hex} c0 {Ping[2..]}"), messages, out string? error), error);
        Assert.Equal(new ClientMessage.Ping(null), Assert.Single(messages));
    }

    [Fact]
    public void Longer_forms_than_needed_are_read()
    {
        var messages = new List<ClientMessage>();
        byte[] ack = Bytes.FromHex(
            "dd00000001 df00000003 d9026f70 da000361636b db000000026964 a173 a66f6666736574 cf0000000000000007");
        Assert.True(TryRead(ack, messages, out string? error), error);
        Assert.Equal(new ClientMessage.Ack("s", 7), Assert.Single(messages));
    }

    [Fact]
    public void A_frame_that_is_cut_off_anywhere_is_refused()
    {
        byte[] whole = MessagePackJson.FromJson(
            """[{"op":"subscribe","id":"s1","agents":["a*"],"after":["3:1-12.k3x9qa"],"snapshot":true},"""
            + """{"op":"ack","id":"d","offset":1000}]""");
        Assert.True(TryRead(whole, [], out _));
        for (int length = 0; length < whole.Length; length++)
        {
            var messages = new List<ClientMessage>();
            Assert.False(TryRead(whole.AsSpan(0, length), messages, out string? error));
            Assert.Empty(messages);
            Assert.InRange(error!.Length, 1, 123);
        }
    }

    [Fact]
    public void Random_damage_never_throws()
    {
        byte[] valid = MessagePackJson.FromJson(
            """[{"op":"subscribe","id":"s1","channels":["agents"],"agents":["a*",["x",[1]]],"after":"""
            + """["3:1-12.k3x9qa"]},{"op":"ack","id":"d","offset":12},{"op":"hello","features":["x"]}]""");
        Fuzzing.Run(output, random =>
        {
            var messages = new List<ClientMessage>();
            bool read = TryRead(Mutation.Of(valid, random), messages, out string? error);
            Assert.Equal(read, error is null);
            Assert.True(read || messages.Count == 0);
        });
    }

    [Fact]
    public void Random_messages_are_read_alike_in_both_forms()
    {
        string[] ops =
            ["hello", "subscribe", "subscribe", "unsubscribe", "ack", "pause", "resume", "auth", "ping", "x"];
        string[] names =
        [
            "id", "id", "channels", "agents", "tasks", "projects", "types", "after", "snapshot", "conflate", "terminal",
            "from", "offset", "nonce", "token", "features", "x",
        ];
        string[] values =
        [
            "\"s1\"", "\"a*\"", "[\"agents\",\"tasks\"]", "[\"a1\",\"b*\"]", "[]", "true", "false", "0", "4096", "-1",
            "0.5", "[\"3:1795230320701-12.k3x9qa\"]", "\"tail:10\"", "\"start\"", "[1]", "{}", "null",
            "18446744073709551615",
        ];
        Fuzzing.Run(output, random =>
        {
            string Message() => $"{{\"op\":\"{random.GetItems(ops, 1)[0]}\"" + string.Concat(
                Enumerable.Range(0, random.Next(6)).Select(_ =>
                    $",\"{random.GetItems(names, 1)[0]}\":" + (random.Next(8) == 0
                        ? RandomJson.Next(random, depth: 2)
                        : random.GetItems(values, 1)[0]))) + "}";
            string json = random.Next(3) == 0
                ? $"[{string.Join(',', Enumerable.Range(0, random.Next(4)).Select(_ => Message()))}]"
                : Message();
            var messages = new List<ClientMessage>();
            bool read = ClientMessageReader.TryRead(
                Encoding.UTF8.GetBytes(json), new ClientMessageLimits(), messages, out string? error);
            AssertSame(json, read, messages, error);
        });
    }

    /// <summary>Checks that a frame is read alike in MessagePack, if that can say the same.</summary>
    internal static void AssertSame(string json, bool read, IReadOnlyList<ClientMessage> messages, string? error)
    {
        if (MessagePackJson.TryFromJson(json) is not { } messagePack)
        {
            Assert.False(read && messages.All(message => message is not ClientMessage.Invalid), json);
            return;
        }

        var others = new List<ClientMessage>();
        Assert.Equal(read, TryRead(messagePack, others, out string? otherError));
        Assert.Equal(messages.Select(Describe), others.Select(Describe));

        // Places in the bytes differ, and what is too deep for JSON is no JSON.
        if (error is null || !error.StartsWith("line ", StringComparison.Ordinal))
        {
            Assert.Equal(error, otherError);
        }
    }

    // Records compare lists by reference.
    private static string Describe(ClientMessage message) => message switch
    {
        ClientMessage.Subscribe one => FormattableString.Invariant(
            $"{one.Id} {one.Filter.Channels} {string.Join(',', one.Filter.Agents)}")
            + $" {string.Join(',', one.Filter.Tasks)}"
            + $" {string.Join(',', one.Filter.Projects)} {string.Join(',', one.Filter.Types)}"
            + $" {string.Join(',', one.After)} {one.Resumes} {one.Snapshot} {one.Conflate}",
        ClientMessage.Hello hello => string.Join(',', hello.Features),
        _ => message.ToString()!,
    };

    private static bool TryRead(ReadOnlySpan<byte> frame, List<ClientMessage> messages, out string? error) =>
        ClientMessageReader.TryReadMessagePack(frame, new ClientMessageLimits(), messages, out error);
}
