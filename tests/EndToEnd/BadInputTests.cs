using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Realtime.Tests.Edge;

namespace Realtime.Tests.EndToEnd;

/// <summary>What viewers should not send, through a real edge: each is answered as PROTOCOL.md says.</summary>
public class BadInputTests(SharedSystem shared) : IClassFixture<SharedSystem>
{
    private const int MessageBytesMax = 65_536;
    private const int SubscriptionsMax = 64;

    private readonly string _tenant = shared.NewTenant();

    [Theory]
    [InlineData("not JSON", "{\"op\":")]
    [InlineData("more than one value", "{\"op\":\"ping\"} {}")]
    [InlineData("no object", "7")]
    [InlineData("no op", "{\"id\":\"s1\"}")]
    [InlineData("op is no text", "{\"op\":7}")]
    [InlineData("empty", "")]
    [InlineData("too deep", "{\"op\":\"ping\",\"x\":[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]}")]
    public async Task What_is_no_message_closes_4400_with_a_reason(string kind, string text)
    {
        using Conversation viewer = await OpenAsync("/ws/agents");
        await viewer.SayAsync(text);

        (int code, string? reason) = await viewer.ClosedAsync();
        Assert.True(code == 4400, $"{kind}: {code} {reason}");
        Assert.False(string.IsNullOrEmpty(reason));
    }

    [Fact]
    public async Task Too_many_messages_in_one_frame_close_4400()
    {
        using Conversation viewer = await OpenAsync("/ws/agents");
        await viewer.SayAsync($"[{string.Join(',', Enumerable.Repeat("{\"op\":\"ping\"}", 65))}]");

        Assert.Equal(4400, (await viewer.ClosedAsync()).Code);
    }

    [Theory]
    [InlineData(MessageBytesMax + 1)]
    [InlineData(4 * 1024 * 1024)]
    public async Task A_message_that_is_too_large_closes_4413(int length)
    {
        using Conversation viewer = await OpenAsync("/ws/agents");
        await viewer.SayAsync(Enumerable.Repeat((byte)' ', length).ToArray());

        (int code, string? reason) = await viewer.ClosedAsync();
        Assert.Equal(4413, code);
        Assert.Contains("65536", reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_of_the_largest_size_is_read()
    {
        using Conversation viewer = await OpenAsync("/ws/agents");
        const string Ping = """{"op":"ping","nonce":"n"}""";
        await viewer.SayAsync(Ping + new string(' ', MessageBytesMax - Ping.Length));

        Assert.Equal("n", (await viewer.NextAsync("pong")).GetProperty("nonce").GetString());
    }

    [Fact]
    public async Task A_binary_frame_closes_4400()
    {
        using Conversation viewer = await OpenAsync("/ws/agents");
        await viewer.SayAsync("{\"op\":\"ping\"}"u8.ToArray(), WebSocketMessageType.Binary);

        Assert.Equal(4400, (await viewer.ClosedAsync()).Code);
    }

    [Fact]
    public async Task Text_that_is_not_utf8_closes_1007()
    {
        using Conversation viewer = await OpenAsync("/ws/agents");
        await viewer.SayAsync(new byte[] { (byte)'"', 0xc3, 0x28, (byte)'"' });

        Assert.Equal(1007, (await viewer.ClosedAsync()).Code);
    }

    [Theory]
    [InlineData("a frame without a mask", new byte[] { 0x81, 0x02, (byte)'{', (byte)'}' })]
    [InlineData("a reserved bit", new byte[] { 0xc1, 0x80, 0, 0, 0, 0 })]
    [InlineData("a reserved opcode", new byte[] { 0x83, 0x80, 0, 0, 0, 0 })]
    [InlineData("a fragmented ping", new byte[] { 0x09, 0x80, 0, 0, 0, 0 })]
    [InlineData("a continuation of nothing", new byte[] { 0x80, 0x80, 0, 0, 0, 0 })]
    public async Task What_is_no_frame_closes_1002(string kind, byte[] frame)
    {
        await using RawWebSocket viewer = await RawWebSocket.OpenAsync(shared.System, "/ws/agents", Token());
        await viewer.SendAsync(frame);

        int code = await viewer.ClosedAsync();
        Assert.True(code == 1002, $"{kind}: {code}");
    }

    [Fact]
    public async Task A_task_that_nobody_knows_is_told_and_closes_4404()
    {
        using Conversation viewer = await OpenAsync("/ws/terminal/nope");

        AssertError(await viewer.NextAsync("error"), "not_found", "subscribe", "default");
        Assert.Equal(4404, (await viewer.ClosedAsync()).Code);

        using HttpClient http = shared.System.CreateClient(Token());
        using HttpResponseMessage history = await http.GetAsync("/v1/tasks/nope/terminal");
        await ProblemAssert.IsAsync(404, "not_found", history);
    }

    [Theory]
    [InlineData("/ws/agents?channels=agents,nonsense", "channels")]
    [InlineData("/ws/agents?agents=a%20b", "agents")]
    [InlineData("/ws/agents?after=nonsense", "after")]
    [InlineData("/ws/agents?after=1024:1-1.aaaaaa", "after")]
    [InlineData("/ws/agents?snapshot=perhaps", "snapshot")]
    [InlineData("/ws/agents?snapshot=true&snapshot=false", "snapshot")]
    [InlineData("/ws/agents?agent=a1", "did you mean agents?")]
    [InlineData("/ws/terminal/t1?from=yesterday", "from")]
    [InlineData("/ws/terminal/t1?fron=start", "did you mean from?")]
    [InlineData("/ws/terminal/t1?encoding=hex", "encoding")]
    [InlineData("/ws/terminal/t1?encoding=", "encoding")]
    [InlineData("/ws/terminal/t1?encoding=LZ4", "encoding")]
    [InlineData("/ws/terminal/t1?encoding=lz4,base64", "encoding")]
    [InlineData("/ws/agents?encoding=hex", "encoding")]
    [InlineData("/ws/agents?agents=a1&encoding=lz4%2Bbase64", "encoding")]
    [InlineData("/ws/terminal/t%20t", "task")]
    public async Task Bad_query_parameters_are_named_and_close_4400(string pathAndQuery, string parameter)
    {
        using Conversation viewer = await OpenAsync(pathAndQuery);
        JsonElement error = await viewer.NextAsync("error");

        AssertError(error, "bad_request", "subscribe", "default");
        Assert.Contains(parameter, error.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(4400, (await viewer.ClosedAsync()).Code);
    }

    [Fact]
    public async Task All_that_is_wrong_with_a_query_is_told_at_once()
    {
        using Conversation viewer = await OpenAsync("/ws/agents?channels=x&after=y&conflate=z");
        string detail = (await viewer.NextAsync("error")).GetProperty("detail").GetString()!;

        Assert.All(["channels", "after", "conflate"], name => Assert.Contains(name, detail, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/ws/agents?agents=other")]
    [InlineData("/ws/terminal/other")]
    public async Task A_filter_outside_of_the_grants_closes_4403(string pathAndQuery)
    {
        using Conversation viewer = await OpenAsync(pathAndQuery, "read:agents/mine");

        AssertError(await viewer.NextAsync("error"), "forbidden", "subscribe", "default");
        Assert.Equal(4403, (await viewer.ClosedAsync()).Code);
    }

    [Fact]
    public async Task By_message_what_cannot_be_done_is_an_error_and_the_connection_goes_on()
    {
        using Conversation viewer = await OpenAsync("/ws/agents", "read:agents/mine read:terminal/mine");
        (string Message, string Code, string Op, string? Id)[] wrongs =
        [
            ("""{"op":"subscribe","id":"s1","agents":"other"}""", "forbidden", "subscribe", "s1"),
            ("""{"op":"subscribe","id":"s2","terminal":"other"}""", "forbidden", "subscribe", "s2"),
            ("""{"op":"subscribe","id":"s3","terminal":"mine"}""", "not_found", "subscribe", "s3"),
            ("""{"op":"subscribe","id":"s4","agents":[]}""", "bad_request", "subscribe", "s4"),
            ("""{"op":"subscribe","id":"s4","id":"s5"}""", "bad_request", "subscribe", null),
            ("""{"op":"subscribe","agents":"mine"}""", "bad_request", "subscribe", null),
            ("""{"op":"subscribe","id":"s6","after":["9999:1-1.aaaaaa"]}""", "bad_request", "subscribe", "s6"),
            ("""{"op":"subscribe","id":"s7","terminal":"mine","agents":"mine"}""", "bad_request", "subscribe", "s7"),
            ("""{"op":"unsubscribe","id":"unknown"}""", "not_found", "unsubscribe", "unknown"),
            ("""{"op":"pause","id":"unknown"}""", "not_found", "pause", "unknown"),
            ("""{"op":"resume","id":"unknown"}""", "not_found", "resume", "unknown"),
            ("""{"op":"ack","id":"unknown","offset":7}""", "not_found", "ack", "unknown"),
        ];
        foreach ((string message, string code, string op, string? id) in wrongs)
        {
            await viewer.SayAsync(message);
            JsonElement error = await viewer.NextAsync("error");
            Assert.True(code == error.GetProperty("code").GetString(), $"{message}: {error}");
            Assert.Equal(op, error.GetProperty("request").GetString());
            Assert.False(error.GetProperty("retry").GetBoolean());
            if (id is not null)
            {
                Assert.True(error.TryGetProperty("id", out JsonElement told) && told.GetString() == id, $"{error}");
            }
        }

        await viewer.SayAsync("""{"op":"subscribe","id":"s1","agents":"mine"}""");
        Assert.Equal("s1", (await viewer.NextAsync("subscribed")).GetProperty("id").GetString());
    }

    [Fact]
    public async Task An_id_may_be_used_once_at_a_time()
    {
        using Conversation viewer = await OpenAsync("/ws/agents");
        await viewer.SayAsync("""[{"op":"subscribe","id":"s1"},{"op":"subscribe","id":"s1","agents":"a1"}]""");
        AssertError(await viewer.NextAsync("error"), "duplicate_id", "subscribe", "s1");

        await viewer.SayAsync("""[{"op":"unsubscribe","id":"s1"},{"op":"subscribe","id":"s1","agents":"a1"}]""");
        await viewer.NextAsync("unsubscribed");
        Assert.Equal("s1", (await viewer.NextAsync("subscribed")).GetProperty("id").GetString());
    }

    [Fact]
    public async Task One_subscription_too_many_is_an_error()
    {
        using Conversation viewer = await OpenAsync("/ws/agents");
        JsonElement limits = (await viewer.NextAsync("welcome")).GetProperty("limits");
        Assert.Equal(SubscriptionsMax, limits.GetProperty("subscriptions").GetInt32());
        for (int i = 0; i < SubscriptionsMax; i++)
        {
            await viewer.SayAsync($$"""{"op":"subscribe","id":"s{{i}}","agents":"a{{i}}"}""");
            await viewer.NextAsync("subscribed");
        }

        await viewer.SayAsync("""{"op":"subscribe","id":"more"}""");
        AssertError(await viewer.NextAsync("error"), "too_many", "subscribe", "more");
        await viewer.SayAsync("""[{"op":"unsubscribe","id":"s7"},{"op":"subscribe","id":"more"}]""");
        Assert.Equal("more", (await viewer.NextAsync("subscribed")).GetProperty("id").GetString());
    }

    [Fact]
    public async Task Unknown_ops_and_fields_are_skipped()
    {
        using Conversation viewer = await OpenAsync("/ws/agents");
        await viewer.SayAsync("""
            [{"op":"dance","steps":[1,2,{"a":3}]},{"op":"subscribe","id":"s1","colour":{"r":1}}]
            """);
        Assert.Equal("welcome", Conversation.Op(await viewer.NextAsync()));
        Assert.Equal("subscribed", Conversation.Op(await viewer.NextAsync()));

        // Errors come in order with pongs.
        Assert.Empty(await viewer.UntilPongAsync());
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("3:1-1.aaaaaa,3:1-2.aaaaaa")]
    [InlineData("1024:1-1.aaaaaa")]
    public async Task A_bad_last_event_id_is_refused_with_400(string lastEventId)
    {
        using HttpClient http = shared.System.CreateClient(Token());
        using var request = new HttpRequestMessage(HttpMethod.Get, "/sse/agents");
        request.Headers.Add("Last-Event-ID", lastEventId);
        using HttpResponseMessage answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);

        JsonElement problem = await ProblemAssert.IsAsync(400, "bad_request", answer);
        Assert.Contains(
            problem.GetProperty("errors").EnumerateArray(),
            error => error.GetProperty("where").GetString() == "header: Last-Event-ID");
    }

    [Fact]
    public async Task Events_outside_of_the_grants_are_refused_over_http_too()
    {
        using HttpClient http = shared.System.CreateClient(Token("read:agents/mine"));
        string[] paths = ["/sse/agents?agents=other", "/v1/events?agents=other", "/v1/tasks/other/terminal"];
        foreach (string path in paths)
        {
            using HttpResponseMessage answer = await http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead);
            await ProblemAssert.IsAsync(403, "forbidden", answer);
        }
    }

    private Task<Conversation> OpenAsync(string pathAndQuery, string scope = "read:*") =>
        Conversation.OpenAsync(shared.System, pathAndQuery, Token(scope));

    private string Token(string scope = "read:*") => shared.System.Token(scope, _tenant);

    private static void AssertError(JsonElement error, string code, string request, string id)
    {
        Assert.Equal(code, error.GetProperty("code").GetString());
        Assert.Equal(request, error.GetProperty("request").GetString());
        Assert.Equal(id, error.GetProperty("id").GetString());
        Assert.False(error.GetProperty("retry").GetBoolean());
        Assert.NotEmpty(Encoding.UTF8.GetBytes(error.GetProperty("detail").GetString()!));
    }
}
