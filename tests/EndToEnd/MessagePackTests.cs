using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Realtime.Tests.Support;

namespace Realtime.Tests.EndToEnd;

/// <summary>The binary form of the protocol through the edge: it says what JSON says.</summary>
public sealed class MessagePackTests(SharedSystem shared) : IClassFixture<SharedSystem>, IDisposable
{
    private readonly WatchFixture _tenant = new(shared.System, shared.NewTenant());

    public void Dispose() => _tenant.Dispose();

    [Theory]
    [InlineData("realtime.v1.msgpack", "realtime.v1.msgpack")]
    [InlineData("realtime.v1.json", "realtime.v1.json")]
    [InlineData("realtime.v1.msgpack realtime.v1.json", "realtime.v1.msgpack")]
    [InlineData("realtime.v1.json realtime.v1.msgpack", "realtime.v1.json")]
    [InlineData("realtime.v9.cbor realtime.v1.msgpack realtime.v1.json", "realtime.v1.msgpack")]
    public async Task The_first_offer_that_is_known_is_chosen(string offers, string chosen)
    {
        using Conversation viewer = await _tenant.OpenAsync("/ws/agents", offers.Split(' '));
        Assert.Equal(chosen, viewer.Subprotocol);
        Assert.Equal("welcome", Conversation.Op(await viewer.NextAsync()));
        Assert.Empty(await viewer.UntilPongAsync());
    }

    [Fact]
    public async Task A_token_among_the_offers_as_browsers_send_it_is_none_of_them()
    {
        string token = shared.System.Token("read:*", "browsers");
        using Conversation viewer = await Conversation.OpenAsync(
            shared.System, "/ws/terminal/t1", token, $"bearer.{token}", TestConnection.MessagePack);
        Assert.Equal(TestConnection.MessagePack, viewer.Subprotocol);
        Assert.Equal(4404, (await viewer.ClosedAsync()).Code);
    }

    [Fact]
    public async Task Without_a_known_offer_the_handshake_is_refused() => await Assert.ThrowsAsync<WebSocketException>(
        () => _tenant.OpenAsync("/ws/agents", "realtime.v9.cbor"));

    [Fact]
    public async Task Values_history_and_live_events_are_those_that_json_viewers_see()
    {
        void Status(JsonObject message) => message["state_key"] = $"agent:{message["agent"]}:status";
        using Conversation early = await _tenant.OpenAsync("/ws/agents?agents=*", TestConnection.MessagePack);
        string after = WatchFixture.CursorOf(await early.NextAsync("subscribed"));
        await _tenant.PublishAsync("a1", Status);
        await _tenant.PublishAsync("a1", message => message["payload"] = JsonNode.Parse(
            """{"text":"é€😀\u0000","whole":9007199254740993,"more":18446744073709551615,"less":"""
            + """-9223372036854775808,"half":0.5,"list":[null,true,{}]}"""));
        await _tenant.PublishAsync("a2", message => message["project"] = "p1");

        foreach (string query in new[] { "snapshot=true", $"after={after}" })
        {
            using Conversation text = await _tenant.OpenAsync($"/ws/agents?agents=*&{query}");
            using Conversation binary = await _tenant.OpenAsync(
                $"/ws/agents?agents=*&{query}", TestConnection.MessagePack);
            string last = await _tenant.PublishAsync("a1");
            Assert.Equal(await UntilAsync(text, last), await UntilAsync(binary, last));
        }
    }

    [Fact]
    public async Task What_is_published_in_either_form_is_read_in_both()
    {
        const string Json = """{"channel":"agents","type":"t","agent":"a1","payload":{"n":[1,-1,0.5,"é",null,true]}}""";
        using Conversation text = await _tenant.OpenAsync("/ws/agents?agents=a1");
        using Conversation binary = await _tenant.OpenAsync("/ws/agents?agents=a1", TestConnection.MessagePack);
        await text.NextAsync("subscribed");
        await binary.NextAsync("subscribed");

        (int status, _, byte[] answer) = await PostAsync(MessagePackJson.FromJson(Json), "application/msgpack");
        Assert.Equal(202, status);
        using (var said = JsonDocument.Parse(MessagePackJson.ToJson(answer)))
        {
            string id = said.RootElement.GetProperty("results")[0].GetProperty("id").GetString()!;
            Assert.Equal(await UntilAsync(text, id), await UntilAsync(binary, id));
        }

        (status, _, _) = await PostAsync(Encoding.UTF8.GetBytes(Json), "application/json");
        Assert.Equal(202, status);
        string[] payloads =
        [
            (await text.NextAsync("event")).GetProperty("payload").GetRawText(),
            (await binary.NextAsync("event")).GetProperty("payload").GetRawText(),
        ];
        Assert.All(payloads, payload => Assert.Equal("""{"n":[1,-1,0.5,"é",null,true]}""", payload));
    }

    [Fact]
    public async Task Binary_in_a_payload_is_kept_and_shown_to_json_viewers_as_base64()
    {
        using Conversation text = await _tenant.OpenAsync("/ws/agents?agents=a1");
        await text.NextAsync("subscribed");
        byte[] body = Bytes.FromHex(
            "84 a76368616e6e656c a66167656e7473 a474797065 a174 a56167656e74 a26131 a77061796c6f6164 81a162c403010203");

        Assert.Equal(202, (await PostAsync(body, "application/msgpack")).Status);

        Assert.Equal("""{"b":"AQID"}""", (await text.NextAsync("event")).GetProperty("payload").GetRawText());
    }

    [Theory]
    [InlineData("d6ff5f000000")]
    [InlineData("cb7ff0000000000000")]
    [InlineData("8101c0")]
    public async Task What_json_viewers_could_not_be_told_is_refused(string payload)
    {
        byte[] body = Bytes.FromHex(
            "83 a76368616e6e656c a66167656e7473 a474797065 a174 a77061796c6f6164" + payload);

        (int status, string? type, byte[] answer) = await PostAsync(body, "application/msgpack");

        Assert.Equal((400, "application/problem+json"), (status, type));
        Assert.Contains("\"/payload\"", Encoding.UTF8.GetString(answer), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Messages_of_clients_are_understood()
    {
        using Conversation viewer = await _tenant.OpenAsync("/ws/agents", TestConnection.MessagePack);
        await viewer.SayAsync(
            """[{"op":"hello","features":[]},{"op":"subscribe","id":"s1","agents":["a*"]},"""
            + """{"op":"subscribe","id":"s2","agents":"b1"}]""");
        Assert.Equal("s1", (await viewer.NextAsync("subscribed")).GetProperty("id").GetString());
        Assert.Equal("s2", (await viewer.NextAsync("subscribed")).GetProperty("id").GetString());
        await viewer.SayAsync("""{"op":"pause","id":"s1"}""");
        await viewer.NextAsync("paused");
        await _tenant.PublishAsync("a1");
        await viewer.SayAsync("""{"op":"resume","id":"s1"}""");
        Assert.True((await viewer.NextAsync("subscribed")).GetProperty("recovered").GetBoolean());
        Assert.Equal("s1", (await viewer.NextAsync("replay")).GetProperty("id").GetString());
        Assert.Equal(1, WatchFixture.NumberOf(await viewer.NextAsync("event")));
        await viewer.SayAsync("""{"op":"unsubscribe","id":"s1"}""");
        await viewer.NextAsync("unsubscribed");

        await viewer.SayAsync("""{"op":"subscribe","id":"s2","agents":[]}""");
        JsonElement error = await viewer.NextAsync("error");
        Assert.Equal("bad_request", error.GetProperty("code").GetString());
        Assert.Equal("s2", error.GetProperty("id").GetString());
    }

    [Fact]
    public async Task A_terminal_comes_as_raw_bytes_by_credit_with_its_end()
    {
        const int WindowBytes = 256 * 1024;
        byte[] output = new byte[WindowBytes + 50_000];
        new Random(5).NextBytes(output);
        await _tenant.AppendAsync("t1", output);
        await _tenant.EndAsync("t1", 7);
        using Conversation viewer = await _tenant.OpenAsync("/ws/terminal/t1", TestConnection.MessagePack);
        await viewer.NextAsync("subscribed");

        var bytes = new MemoryStream();
        while (true)
        {
            JsonElement message = await viewer.NextAsync("terminal");
            Assert.Equal("raw", message.GetProperty("encoding").GetString());
            Assert.Equal(bytes.Length, message.GetProperty("offset").GetInt64());

            // Binary, shown as base64 by the reading of this test.
            byte[] data = message.GetProperty("data").GetBytesFromBase64();
            Assert.Equal(data.Length, message.GetProperty("length").GetInt32());
            bytes.Write(data);
            if (message.TryGetProperty("end", out JsonElement end))
            {
                Assert.Equal(7, end.GetProperty("exit_code").GetInt32());
                break;
            }

            if (bytes.Length == WindowBytes)
            {
                await viewer.SayAsync($$"""{"op":"ack","id":"default","offset":{{bytes.Length}}}""");
            }
        }

        Assert.Equal(output, bytes.ToArray());
    }

    [Theory]
    [InlineData("")]
    [InlineData("c1")]
    [InlineData("7b226f70223a2270696e67227d")]
    [InlineData("81a26f70a4706960")]
    [InlineData("82a26f70a470696e67a178a1ff")]
    [InlineData("81a26f7007")]
    [InlineData("ddffffffff")]
    [InlineData("82a26f70a470696e67a178 919191919191919191c0")]
    public async Task What_is_no_message_closes_4400_with_a_reason(string hex)
    {
        using Conversation viewer = await _tenant.OpenAsync("/ws/agents", TestConnection.MessagePack);
        await viewer.SayAsync(Bytes.FromHex(hex), WebSocketMessageType.Binary);

        (int code, string? reason) = await viewer.ClosedAsync();
        Assert.Equal(4400, code);
        Assert.False(string.IsNullOrEmpty(reason));
    }

    [Fact]
    public async Task A_text_frame_closes_4400_and_a_large_one_4413()
    {
        using Conversation viewer = await _tenant.OpenAsync("/ws/agents", TestConnection.MessagePack);
        await viewer.SayAsync("""{"op":"ping"}"""u8.ToArray());
        Assert.Equal((4400, "realtime.v1.msgpack has binary frames only"), await viewer.ClosedAsync());

        using Conversation large = await _tenant.OpenAsync("/ws/agents", TestConnection.MessagePack);
        await large.SayAsync(new byte[65_537], WebSocketMessageType.Binary);
        Assert.Equal(4413, (await large.ClosedAsync()).Code);
    }

    private async Task<(int Status, string? ContentType, byte[] Body)> PostAsync(byte[] body, string contentType)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new(contentType);
        using HttpResponseMessage answer = await _tenant.Http.PostAsync("v1/events", content);
        return (
            (int)answer.StatusCode, answer.Content.Headers.ContentType?.MediaType,
            await answer.Content.ReadAsByteArrayAsync());
    }

    // All that comes up to an event, without what differs by the time at which it was encoded, or by the connection.
    private static async Task<List<string>> UntilAsync(Conversation viewer, string last)
    {
        var heard = new List<string>();
        string? id;
        do
        {
            JsonNode message = JsonNode.Parse((await viewer.NextAsync()).GetRawText())!;
            id = (string?)message["id"];
            message["sent"] = null;
            message["session"] = null;
            message["time"] = null;
            heard.Add(message.ToJsonString());
        }
        while (id != last);
        return heard;
    }
}
