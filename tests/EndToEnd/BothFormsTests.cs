using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Realtime.Log;
using Realtime.Tests.Support;

namespace Realtime.Tests.EndToEnd;

/// <summary>
/// JSON and MessagePack side by side over the real edge: viewers of either form are told the same, and cannot tell in
/// which form a producer spoke.
/// </summary>
public sealed class BothFormsTests(SharedSystem shared) : IClassFixture<SharedSystem>, IDisposable
{
    private readonly WatchFixture _tenant = new(shared.System, shared.NewTenant());

    public void Dispose() => _tenant.Dispose();

    [Fact]
    public async Task Viewers_cannot_tell_in_which_form_a_producer_spoke()
    {
        using TwinViewers viewers = await TwinViewers.OpenAsync(_tenant, "/ws/agents?agents=a1");
        await viewers.NextAsync("welcome");
        await viewers.NextAsync("subscribed");
        string[] payloads =
        [
            "\"é€\\uD83D\\uDE00\\u0000\"", "9007199254740993", "18446744073709551615", "-9223372036854775808",
            "0.1", "[]", "{}",
            """{"text":"line\nline","list":[null,true,-33,1.5,{"a":{"b":[]}}],"text":"a key twice"}""",
        ];
        foreach (string payload in payloads)
        {
            string json = $$"""
                {"channel":"agents","type":"t","agent":"a1","task":"t1","state_key":"k","ts":5,"payload":{{payload}}}
                """;
            string[] seen =
            [
                await SeenAsync(Encoding.UTF8.GetBytes(json), "application/json"),
                await SeenAsync(MessagePackJson.FromJson(json), "application/msgpack"),
            ];
            Assert.Equal(seen[0], seen[1]);
            Assert.EndsWith($"\"payload\":{payload}}}", seen[0], StringComparison.Ordinal);
        }

        async Task<string> SeenAsync(byte[] body, string contentType)
        {
            string id = await PostAsync(body, contentType);
            JsonElement message = await viewers.NextAsync("event");
            Assert.Equal(id, message.GetProperty("id").GetString());
            string sent = message.GetProperty("sent").GetRawText();
            return message.GetRawText().Replace(id, "ID", StringComparison.Ordinal)
                .Replace($"\"sent\":{sent}", "\"sent\":0", StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_same_event_in_the_other_form_is_a_duplicate_under_its_key()
    {
        const string Json = """{"channel":"agents","type":"t","agent":"a1","key":"once","payload":{"n":[1,0.5,"é"]}}""";
        byte[] binary = MessagePackJson.FromJson(Json);
        string first = await PostAsync(binary, "application/msgpack");
        Assert.Equal(first, await PostAsync(Encoding.UTF8.GetBytes(Json), "application/json", isDuplicate: true));
        Assert.Equal(first, await PostAsync(binary, "application/x-msgpack", isDuplicate: true));
    }

    [Fact]
    public async Task Gaps_are_told_alike()
    {
        // Not of the lowest partition: a cursor of that alone is taken for one of a log with a single partition.
        string id = await _tenant.PublishAsync("a1");
        for (int agent = 2; id.StartsWith("0:", StringComparison.Ordinal); agent++)
        {
            id = await _tenant.PublishAsync($"a{agent}");
        }

        string foreign = id[..^6] + "zzzzzz";
        using TwinViewers events = await TwinViewers.OpenAsync(_tenant, $"/ws/agents?agents=a*&after={foreign}");
        IReadOnlyList<JsonElement> heard = await events.UntilAsync(id);
        JsonElement gap = Assert.Single(heard, message => Conversation.Op(message) == "gap");
        Assert.Equal("epoch", gap.GetProperty("reason").GetString());

        await _tenant.AppendAsync("t1", "hello"u8.ToArray());
        using TwinViewers terminal = await TwinViewers.OpenAsync(_tenant, "/ws/terminal/t1?from=2.zzzzzz");
        await terminal.NextAsync("welcome");
        await terminal.NextAsync("subscribed");
        Assert.Equal("epoch", (await terminal.NextAsync("gap")).GetProperty("reason").GetString());
    }

    [Fact]
    public async Task What_retention_took_is_told_alike()
    {
        await using RealtimeSystem system = await RealtimeSystem.StartAsync(new RealtimeSystemOptions
        {
            Log = new LogOptions
            {
                EntriesPerStreamMax = 10,
                Terminal = new TerminalLogOptions { RetentionBytes = 1024 },
            },
        });
        using var tenant = new WatchFixture(system, "acme");
        string first = await tenant.PublishAsync("a1");
        await tenant.PublishBatchAsync([.. Enumerable.Range(0, 1000).Select(n => new JsonObject
        {
            ["channel"] = "agents", ["type"] = "t", ["agent"] = "a1", ["payload"] = n,
        })]);
        string last = await tenant.PublishAsync("a1");
        using TwinViewers events = await TwinViewers.OpenAsync(tenant, $"/ws/agents?agents=a1&after={first}");
        JsonElement gap = Assert.Single(
            await events.UntilAsync(last), message => Conversation.Op(message) == "gap");
        Assert.Equal("retention", gap.GetProperty("reason").GetString());
        Assert.InRange(gap.GetProperty("missing").GetInt32(), 1, 1000);

        for (int i = 0; i < 10; i++)
        {
            await tenant.AppendAsync("t1", Output(20_000));
        }

        using TwinViewers terminal = await TwinViewers.OpenAsync(tenant, "/ws/terminal/t1?from=0");
        await terminal.NextAsync("welcome");
        await terminal.NextAsync("subscribed");
        gap = await terminal.NextAsync("gap");
        Assert.Equal("retention", gap.GetProperty("reason").GetString());
        Assert.InRange(gap.GetProperty("missing").GetInt64(), 1, 200_000);
    }

    [Fact]
    public async Task Refusals_are_told_alike_and_the_connection_goes_on()
    {
        using TwinViewers viewers = await TwinViewers.OpenAsync(_tenant, "/ws/agents");
        await viewers.NextAsync("welcome");
        (string Message, string Code)[] refused =
        [
            ("""{"op":"subscribe","id":"s1","agents":[],"snapshot":1}""", "bad_request"),
            ("""{"op":"subscribe","id":"no id","channels":["x"]}""", "bad_request"),
            ("""{"op":"subscribe","id":"s1","after":["99999:1-1.abcdef"]}""", "bad_request"),
            ($$"""{"op":"subscribe","id":"s1","agents":[{{Repeat("\"a\"", 65)}}]}""", "too_many"),
            ("""{"op":"subscribe","id":"t","terminal":"nobody-knows","from":"tail:10"}""", "not_found"),
            ("""{"op":"subscribe","id":"t","terminal":"t1","from":"middle"}""", "bad_request"),
            ("""{"op":"unsubscribe","id":"s9"}""", "not_found"),
            ("""{"op":"pause","id":"s9"}""", "not_found"),
            ("""{"op":"ack","id":"s9","offset":-1}""", "bad_request"),
            ("""{"op":"auth","token":"x"}""", "unauthorized"),
        ];
        foreach ((string message, string code) in refused)
        {
            await viewers.SayAsync(message);
            Assert.Equal(code, (await viewers.NextAsync("error")).GetProperty("code").GetString());
        }

        await viewers.SayAsync("""[{"op":"of-tomorrow"},{"op":"subscribe","id":"s1"}]""");
        await viewers.NextAsync("subscribed");
        await viewers.SayAsync("""[{"op":"subscribe","id":"s1"},{"op":"ping","nonce":"7"}]""");
        Assert.Equal("duplicate_id", (await viewers.NextAsync("error")).GetProperty("code").GetString());
        Assert.Equal("7", (await viewers.NextAsync("pong")).GetProperty("nonce").GetString());

        await viewers.SayAsync("[1]");
        Assert.Equal((4400, "message 1 is no object"), await viewers.ClosedAsync());
    }

    [Theory]
    [InlineData("/ws/agents?channels=nothing", 4400)]
    [InlineData("/ws/agents?after=1", 4400)]
    [InlineData("/ws/terminal/nobody-knows", 4404)]
    public async Task An_address_that_is_refused_closes_alike(string path, int code)
    {
        using TwinViewers viewers = await TwinViewers.OpenAsync(_tenant, path);
        Assert.Equal(code, (await viewers.ClosedAsync()).Code);
    }

    [Fact]
    public async Task A_terminal_is_the_same_bytes_once_as_base64_and_once_as_they_are()
    {
        byte[] output = Output(100_000);
        await _tenant.AppendAsync("t1", output.AsMemory(0, 60_000), "?stream=stderr");
        using TwinViewers viewers = await TwinViewers.OpenAsync(_tenant, "/ws/terminal/t1?from=17");
        await viewers.NextAsync("welcome");
        Assert.Equal(17, (await viewers.NextAsync("subscribed")).GetProperty("offset").GetInt64());
        await _tenant.AppendAsync("t1", output.AsMemory(60_000));
        await _tenant.EndAsync("t1", -5);

        Assert.Equal(output[17..], await ReadToEndAsync(viewers.Text, "base64"));
        Assert.Equal(output[17..], await ReadToEndAsync(viewers.Binary, "raw"));

        static async Task<byte[]> ReadToEndAsync(Conversation viewer, string encoding)
        {
            var bytes = new MemoryStream();
            while (true)
            {
                JsonElement message = await viewer.NextAsync("terminal");
                Assert.Equal(encoding, message.GetProperty("encoding").GetString());
                Assert.Equal(17 + bytes.Length, message.GetProperty("offset").GetInt64());
                long offset = message.GetProperty("offset").GetInt64();
                byte[] data = message.GetProperty("data").GetBytesFromBase64();
                Assert.Equal(data.Length, message.GetProperty("length").GetInt32());
                if (data.Length > 0)
                {
                    Assert.Equal(offset < 60_000 ? "stderr" : "stdout", message.GetProperty("stream").GetString());
                }

                bytes.Write(data);
                if (message.TryGetProperty("end", out JsonElement end))
                {
                    Assert.Equal(-5, end.GetProperty("exit_code").GetInt32());
                    return bytes.ToArray();
                }
            }
        }
    }

    [Theory]
    [InlineData("v1/events?agents=a*")]
    [InlineData("v1/events?last=5")]
    [InlineData("v1/agents")]
    public async Task What_is_read_over_http_is_the_same(string path)
    {
        for (int i = 0; i < 10; i++)
        {
            await _tenant.PublishAsync($"a{i % 3}", message => message["state_key"] = "k");
        }

        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Accept.ParseAdd("application/msgpack");
        using HttpResponseMessage answer = await _tenant.Http.SendAsync(request);

        Assert.Equal("application/msgpack", answer.Content.Headers.ContentType!.MediaType);
        string binary = MessagePackJson.ToJson(await answer.Content.ReadAsByteArrayAsync());
        Assert.Equal(WithoutSent((await _tenant.GetAsync(path)).GetRawText()), WithoutSent(binary));
    }

    private static string WithoutSent(string json) =>
        string.Join("\"sent\":", json.Split("\"sent\":").Select(part => part.TrimStart("0123456789".ToArray())));

    private async Task<string> PostAsync(byte[] body, string contentType, bool isDuplicate = false)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new(contentType);
        using HttpResponseMessage answer = await _tenant.Http.PostAsync("v1/events", content);
        byte[] said = await answer.Content.ReadAsByteArrayAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.Accepted, Encoding.UTF8.GetString(said));
        using var document = JsonDocument.Parse(
            contentType.EndsWith("json", StringComparison.Ordinal)
                ? Encoding.UTF8.GetString(said)
                : MessagePackJson.ToJson(said));
        JsonElement result = document.RootElement.GetProperty("results")[0];
        Assert.Equal(isDuplicate, result.GetProperty("duplicate").GetBoolean());
        return result.GetProperty("id").GetString()!;
    }

    private static string Repeat(string item, int count) => string.Join(',', Enumerable.Repeat(item, count));

    private static byte[] Output(int length)
    {
        byte[] output = new byte[length];
        new Random(length).NextBytes(output);
        return output;
    }
}
