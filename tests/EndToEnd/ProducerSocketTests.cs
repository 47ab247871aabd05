using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Realtime.Tests.EndToEnd;

/// <summary><c>WS /v1/publish</c> through the edge, message by message, in both forms.</summary>
public sealed class ProducerSocketTests(SharedSystem shared) : IClassFixture<SharedSystem>, IDisposable
{
    private const string Event = """{"channel":"agents","type":"t","agent":"a1","payload":1}""";

    private readonly string _tenant = shared.NewTenant();
    private readonly List<IDisposable> _open = [];

    public void Dispose() => _open.ForEach(one => one.Dispose());

    [Theory]
    [InlineData(TestConnection.Json)]
    [InlineData(TestConnection.MessagePack)]
    public async Task Events_and_terminals_on_one_socket_are_answered_and_seen(string form)
    {
        Conversation viewer = await OpenAsync("/ws/agents?agents=a1", "read:*", TestConnection.Json);
        await viewer.NextAsync("subscribed");
        Conversation producer = await OpenAsync("/v1/publish", form: form);
        JsonElement welcome = await producer.NextAsync();
        Assert.Equal("welcome", Conversation.Op(welcome));
        Assert.Equal(32, welcome.GetProperty("limits").GetProperty("in_flight").GetInt32());

        await producer.SayAsync($$"""{"op":"publish","seq":1,"events":{{Event}}}""");
        JsonElement published = await producer.NextAsync("published");
        await producer.SayAsync("""{"op":"resize","seq":2,"task":"t1","cols":80,"rows":24}""");
        JsonElement resized = await producer.NextAsync("resized");
        await AppendAsync(producer, form, 3, "t1", 0, "hello"u8.ToArray());
        JsonElement appended = await producer.NextAsync("appended");
        await producer.SayAsync("""{"op":"end","seq":4,"task":"t1","exit_code":7}""");
        JsonElement ended = await producer.NextAsync("ended");

        Assert.Equal([1, 2, 3, 4], new[] { published, resized, appended, ended }.Select(SeqOf));
        Assert.Equal("ok", published.GetProperty("pressure").GetProperty("state").GetString());
        string? id = published.GetProperty("results")[0].GetProperty("id").GetString();
        Assert.Equal(id, (await viewer.NextAsync("event")).GetProperty("id").GetString());
        Assert.Equal(5, appended.GetProperty("end").GetInt64());
        Assert.False(appended.GetProperty("duplicate").GetBoolean());
        Assert.Equal(appended.GetProperty("epoch").GetString(), ended.GetProperty("epoch").GetString());
        Assert.Equal((7, 5), (ended.GetProperty("exit_code").GetInt32(), ended.GetProperty("end").GetInt64()));

        using HttpClient http = shared.System.CreateClient(Token("read:*"));
        Assert.Equal("hello"u8.ToArray(), await http.GetByteArrayAsync("v1/tasks/t1/terminal"));
    }

    [Fact]
    public async Task What_is_there_already_is_known_and_a_hole_says_where_to_go_on()
    {
        Conversation producer = await OpenAsync("/v1/publish?task=t2");
        await AppendAsync(producer, TestConnection.Json, 1, "t2", 0, new byte[10]);
        JsonElement first = await producer.NextAsync("appended");
        await AppendAsync(producer, TestConnection.Json, 2, "t2", 0, new byte[10]);
        Assert.True((await producer.NextAsync("appended")).GetProperty("duplicate").GetBoolean());
        await AppendAsync(producer, TestConnection.Json, 3, "t2", 5, new byte[10]);
        Assert.Equal(15, (await producer.NextAsync("appended")).GetProperty("end").GetInt64());

        await AppendAsync(producer, TestConnection.Json, 4, "t2", 20, new byte[1]);
        JsonElement hole = await producer.NextAsync("error");
        Assert.Equal(("hole", 15), (CodeOf(hole), hole.GetProperty("expected").GetInt64()));
        Assert.Equal(first.GetProperty("epoch").GetString(), hole.GetProperty("epoch").GetString());
        Assert.False(hole.GetProperty("retry").GetBoolean());

        // The end would cut off what is missing: it waits for the retry.
        await producer.SayAsync("""{"op":"end","seq":5,"task":"t2","exit_code":0}""");
        JsonElement early = await producer.NextAsync("error");
        Assert.Equal(("after_refused", true), (CodeOf(early), early.GetProperty("retry").GetBoolean()));
        await AppendAsync(producer, TestConnection.Json, 4, "t2", 15, new byte[6]);
        Assert.Equal(21, (await producer.NextAsync("appended")).GetProperty("end").GetInt64());
        await producer.SayAsync("""{"op":"end","seq":5,"task":"t2","exit_code":0}""");
        Assert.Equal(21, (await producer.NextAsync("ended")).GetProperty("end").GetInt64());

        await AppendAsync(producer, TestConnection.Json, 6, "t2", 21, new byte[1]);
        Assert.Equal("ended", CodeOf(await producer.NextAsync("error")));
        await producer.SayAsync("""{"op":"end","seq":7,"task":"t2","exit_code":1}""");
        JsonElement other = await producer.NextAsync("error");
        Assert.Equal(("ended", 0), (CodeOf(other), other.GetProperty("exit_code").GetInt32()));
    }

    [Fact]
    public async Task After_a_loss_a_new_life_begins_at_the_offset_and_viewers_get_a_gap()
    {
        Conversation producer = await OpenAsync("/v1/publish");
        await AppendAsync(producer, TestConnection.Json, 1, "t3", 0, new byte[10]);
        string epoch = (await producer.NextAsync("appended")).GetProperty("epoch").GetString()!;
        Conversation viewer = await OpenAsync("/ws/terminal/t3", "read:*");
        await viewer.NextAsync("terminal");

        await AppendAsync(producer, TestConnection.Json, 2, "t3", 50, new byte[1], ",\"after_loss\":\"zzzzzz\"");
        JsonElement other = await producer.NextAsync("error");
        Assert.Equal(("other_epoch", epoch), (CodeOf(other), other.GetProperty("epoch").GetString()));
        await AppendAsync(producer, TestConnection.Json, 2, "t3", 50, new byte[1], $",\"after_loss\":\"{epoch}\"");
        JsonElement anew = await producer.NextAsync("appended");
        Assert.Equal(51, anew.GetProperty("end").GetInt64());
        Assert.NotEqual(epoch, anew.GetProperty("epoch").GetString());

        Assert.Equal("epoch", (await viewer.NextAsync("gap")).GetProperty("reason").GetString());
        Assert.Equal(50, (await viewer.NextAsync("terminal")).GetProperty("offset").GetInt64());
    }

    [Fact]
    public async Task One_frame_may_hold_many_requests_and_each_terminal_keeps_its_order()
    {
        Conversation producer = await OpenAsync("/v1/publish");
        await producer.NextAsync("welcome");
        var messages = new JsonArray();
        for (int i = 0; i < 30; i++)
        {
            messages.Add(JsonNode.Parse(
                $$"""{"op":"append","seq":"""
                + $$"""{{i}},"task":"m{{i % 3}}","data":"{{Convert.ToBase64String([(byte)i])}}"}"""));
        }

        await producer.SayAsync(messages.ToJsonString());
        var answers = new List<JsonElement>();
        while (answers.Count < 30)
        {
            answers.Add(await producer.NextAsync("appended"));
        }

        for (int task = 0; task < 3; task++)
        {
            long[] ofTask = [.. answers.Select(SeqOf).Where(seq => seq % 3 == task)];
            Assert.Equal(Enumerable.Range(0, 10).Select(i => (long)((3 * i) + task)), ofTask);
            using HttpClient http = shared.System.CreateClient(Token("read:*"));
            Assert.Equal(ofTask.Select(seq => (byte)seq), await http.GetByteArrayAsync($"v1/tasks/m{task}/terminal"));
        }
    }

    [Fact]
    public async Task Grants_are_those_of_http()
    {
        Conversation producer = await OpenAsync("/v1/publish", "publish:agents/a1 publish:terminal/t5");
        (string Message, string Code)[] requests =
        [
            ($$"""{"op":"publish","seq":1,"events":{{Event}}}""", "published"),
            ("""{"op":"publish","seq":2,"events":{"channel":"agents","type":"t","agent":"a2","payload":1}}""",
                "forbidden"),
            ("""{"op":"append","seq":3,"task":"t5","data":"aGk="}""", "appended"),
            ("""{"op":"append","seq":4,"task":"t6","data":"aGk="}""", "forbidden"),
            ("""{"op":"resize","seq":5,"task":"t6","cols":1,"rows":1}""", "forbidden"),
            ("""{"op":"end","seq":6,"task":"t6","exit_code":0}""", "forbidden"),
        ];
        await producer.NextAsync("welcome");
        for (int i = 0; i < requests.Length; i++)
        {
            await producer.SayAsync(requests[i].Message);
            JsonElement answer = await producer.NextAsync();
            Assert.Equal(i + 1, SeqOf(answer));
            string op = Conversation.Op(answer);
            Assert.Equal(requests[i].Code, op == "error" ? CodeOf(answer) : op);
        }
    }

    [Theory]
    [InlineData("""{"op":"publish","seq":1}""", "bad_request", "events: missing")]
    [InlineData("""{"op":"publish","events":[]}""", "bad_request", "seq: missing")]
    [InlineData("""{"op":"publish","seq":-1,"events":[]}""", "bad_request", "seq: must be a whole number from 0")]
    [InlineData("""{"op":"publish","seq":1,"events":[]}""", "bad_request", "Nothing was stored; see errors.")]
    [InlineData("""{"op":"publish","seq":1,"events":[{"channel":"x"}]}""", "bad_request",
        "Nothing was stored; see errors.")]
    [InlineData("""{"op":"append","seq":1,"task":"t","data":"***"}""", "bad_request", "data: must be a text of base64")]
    [InlineData("""{"op":"append","seq":1,"task":"t","data":7}""", "bad_request", "data: must be a text of base64")]
    [InlineData("""{"op":"append","seq":1,"task":"t","data":""}""", "bad_request", "data: must hold at least one byte")]
    [InlineData("""{"op":"append","seq":1,"task":"t","data":"aGk=","after_loss":"k3x9qa"}""", "bad_request",
        "after_loss: needs offset")]
    [InlineData("""{"op":"append","seq":1,"task":"t","data":"aGk=","stream":"stdin"}""", "bad_request",
        "stream: must be stdout or stderr")]
    [InlineData("""{"op":"end","seq":1,"task":"t","exit_code":1.5}""", "bad_request",
        "exit_code: must be a whole number")]
    [InlineData("""{"op":"resize","seq":1,"task":"t","cols":0,"rows":1001}""", "bad_request",
        "cols: must be a whole number from 1 to 1000; rows: must")]
    [InlineData("""{"op":"auth","token":"x"}""", "unauthorized", "The token is not a well-formed signed JWT.")]
    [InlineData("""{"op":"auth"}""", "bad_request", "token: missing")]
    public async Task What_is_wrong_with_a_message_is_told_and_the_connection_goes_on(
        string message, string code, string detail)
    {
        Conversation producer = await OpenAsync("/v1/publish");
        await producer.SayAsync(message);
        JsonElement error = await producer.NextAsync("error");

        Assert.Equal(code, CodeOf(error));
        Assert.StartsWith(detail, error.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Contains($"\"op\":\"{error.GetProperty("request").GetString()}\"", message, StringComparison.Ordinal);
        await producer.SayAsync($$"""{"op":"publish","seq":9,"events":[{{Event}}]}""");
        Assert.Equal(9, SeqOf(await producer.NextAsync("published")));
    }

    [Fact]
    public async Task Errors_of_events_are_told_by_place_as_over_http()
    {
        Conversation producer = await OpenAsync("/v1/publish");
        await producer.SayAsync(
            $$"""{"op":"publish","seq":1,"events":[{{Event}},{"channel":"x","type":"t","payload":1}]}""");
        JsonElement error = await producer.NextAsync("error");

        Assert.Equal(
            "/1/channel", Assert.Single(error.GetProperty("errors").EnumerateArray()).GetProperty("where").GetString());
    }

    [Theory]
    [InlineData("{\"op\":")]
    [InlineData("7")]
    [InlineData("[{}]")]
    [InlineData("")]
    public async Task What_is_no_message_closes_4400(string text)
    {
        Conversation producer = await OpenAsync("/v1/publish");
        await producer.SayAsync(text);
        (int code, string? reason) = await producer.ClosedAsync();
        Assert.Equal(4400, code);
        Assert.False(string.IsNullOrEmpty(reason));
    }

    [Theory]
    [InlineData("c1")]
    [InlineData("07")]
    [InlineData("9180")]
    [InlineData("82a26f70")]
    [InlineData("81a26f70a470696e6700")]
    [InlineData("")]
    public async Task What_is_no_message_in_messagepack_closes_4400(string frame)
    {
        Conversation producer = await OpenAsync("/v1/publish", form: TestConnection.MessagePack);
        await producer.SayAsync(Convert.FromHexString(frame), WebSocketMessageType.Binary);
        (int code, string? reason) = await producer.ClosedAsync();
        Assert.Equal(4400, code);
        Assert.False(string.IsNullOrEmpty(reason));
    }

    // The reason names the form: it is the kind of the frame that is wrong, not what it holds.
    [Theory]
    [InlineData(TestConnection.Json, WebSocketMessageType.Binary)]
    [InlineData(TestConnection.MessagePack, WebSocketMessageType.Text)]
    public async Task A_frame_of_the_other_form_closes_4400(string form, WebSocketMessageType type)
    {
        Conversation producer = await OpenAsync("/v1/publish", form: form);
        await producer.SayAsync("""{"op":"ping"}"""u8.ToArray(), type);
        (int code, string? reason) = await producer.ClosedAsync();
        Assert.Equal(4400, code);
        Assert.Contains(form, reason);
    }

    [Theory]
    [InlineData("/v1/publish?task=a%20b", "path: task")]
    [InlineData("/v1/publish?tasks=t1", "did you mean task?")]
    public async Task A_wrong_address_is_told_and_closes_4400(string address, string said)
    {
        Conversation producer = await OpenAsync(address);
        Assert.Contains(said, (await producer.NextAsync("error")).GetRawText(), StringComparison.Ordinal);
        Assert.Equal(4400, (await producer.ClosedAsync()).Code);
    }

    [Fact]
    public async Task Bodies_have_the_limits_of_http_and_larger_messages_close_4413()
    {
        const int BodyBytesMax = 1024 * 1024;
        foreach (string form in new[] { TestConnection.Json, TestConnection.MessagePack })
        {
            Conversation producer = await OpenAsync("/v1/publish", form: form);
            JsonElement limits = (await producer.NextAsync("welcome")).GetProperty("limits");
            Assert.Equal(BodyBytesMax, limits.GetProperty("body_bytes").GetInt32());
            string task = $"big-{form}";
            await AppendAsync(producer, form, 1, task, null, new byte[BodyBytesMax]);
            Assert.Equal(BodyBytesMax, (await producer.NextAsync("appended")).GetProperty("end").GetInt64());
            await AppendAsync(producer, form, 2, task, null, new byte[BodyBytesMax + 1]);
            Assert.Equal("too_large", CodeOf(await producer.NextAsync("error")));

            int messageBytes = limits.GetProperty("message_bytes").GetInt32();
            await producer.SayAsync(
                new byte[messageBytes + 1],
                form == TestConnection.Json ? WebSocketMessageType.Text : WebSocketMessageType.Binary);
            Assert.Equal(4413, (await producer.ClosedAsync()).Code);
        }
    }

    private async Task<Conversation> OpenAsync(
        string address, string scope = "publish:*", string form = TestConnection.Json)
    {
        Conversation conversation = await Conversation.OpenAsync(shared.System, address, Token(scope), form);
        _open.Add(conversation);
        return conversation;
    }

    private string Token(string scope) => shared.System.Token(scope, _tenant);

    private static Task AppendAsync(
        Conversation producer, string form, long seq, string task, long? offset, byte[] data, string more = "") =>
        ProducerSpeech.AppendAsync(producer, form, seq, task, offset, data, more);

    private static long SeqOf(JsonElement message) => message.GetProperty("seq").GetInt64();

    private static string? CodeOf(JsonElement message) => message.GetProperty("code").GetString();
}
