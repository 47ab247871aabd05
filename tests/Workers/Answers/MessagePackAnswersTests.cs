using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Realtime.Log;
using Realtime.Protocol;
using Realtime.Tests.Support;

namespace Realtime.Tests.Workers.Answers;

/// <summary>Who asks for MessagePack is told what JSON says, with payloads as they are stored.</summary>
public sealed class MessagePackAnswersTests
{
    private const string MessagePack = "application/msgpack";

    // channel: agents, type: t, agent: a1, state_key: s, payload: …
    private const string Event =
        "85 a76368616e6e656c a66167656e7473 a474797065 a174 a56167656e74 a26131 a973746174655f6b6579 a173"
        + "a77061796c6f6164";

    [Theory]
    [InlineData("/v1/events")]
    [InlineData("/v1/events?limit=3")]
    [InlineData("/v1/events?channels=budget")]
    [InlineData("/v1/events?after=0:1-1.zzzzzz,1:1-1.zzzzzz,2:1-1.zzzzzz,3:1-1.zzzzzz")]
    [InlineData("/v1/events?last=3")]
    [InlineData("/v1/events?last=1000")]
    [InlineData("/v1/events?last=3&before=")]
    [InlineData("/v1/agents")]
    [InlineData("/v1/agents?limit=2")]
    [InlineData("/v1/agents?agents=nobody")]
    public async Task An_answer_says_the_same_in_both_forms(string path)
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        await worker.PublishAsync([.. Enumerable.Range(0, 40).Select(i => (object)new
        {
            channel = i % 2 == 0 ? "agents" : "tasks",
            type = "x",
            agent = $"a{i % 5}",
            project = i % 3 == 0 ? "p1" : "p2",
            state_key = $"k{i % 7}",
            payload = new
            {
                text = "é\n<>\"" + new string('x', 5000), number = i, list = new object?[] { null, 0.5, -1 },
            },
        })]);
        if (path.EndsWith("before=", StringComparison.Ordinal))
        {
            JsonElement first = (await worker.GetAsync("/v1/events?last=10")).Json;
            path += string.Join(',', first.GetProperty("before").EnumerateArray().Select(item => item.GetString()));
        }

        Answer json = await worker.GetAsync(path);
        Answer binary = await worker.GetAsync(path, accept: MessagePack);

        Assert.Equal((200, "application/json"), (json.Status, json.Headers["Content-Type"]));
        Assert.Equal((200, MessagePack), (binary.Status, binary.Headers["Content-Type"]));
        Assert.Equal(json.Headers["Cache-Control"], binary.Headers["Cache-Control"]);
        Assert.Equal(WithoutSent(json.Body), WithoutSent(Encoding.UTF8.GetBytes(MessagePackJson.ToJson(binary.Body))));
    }

    [Fact]
    public async Task A_gap_with_its_extent_is_told_alike()
    {
        await using var log = RunningWorker.NewLog(new LogOptions { Partitions = 4, EntriesPerStreamMax = 10 });
        await using RunningWorker worker = await RunningWorker.StartAsync(log);
        object one = new { channel = "agents", type = "x", agent = "a1", payload = 1 };
        string[] first = await worker.PublishAsync(one);
        await worker.PublishAsync([.. Enumerable.Repeat(one, 1000)]);
        string path = $"/v1/events?after={first[0]}";

        Answer json = await worker.GetAsync(path);
        Answer binary = await worker.GetAsync(path, accept: MessagePack);

        Assert.True(json.Json.GetProperty("gaps")[0].TryGetProperty("missing", out _));
        Assert.Equal(WithoutSent(json.Body), WithoutSent(Encoding.UTF8.GetBytes(MessagePackJson.ToJson(binary.Body))));
    }

    [Theory]
    [InlineData("/v1/events")]
    [InlineData("/v1/events?last=1")]
    [InlineData("/v1/agents")]
    public async Task Payloads_come_byte_for_byte(string path)
    {
        // Bytes, a float of 32 bits, a number of 64 bits, forms longer than needed, a key twice.
        const string Payload = "84 a162 c403010203 a166 ca3dcccccd d90175 cfffffffffffffffff a162 d90178";
        await using RunningWorker worker = await RunningWorker.StartAsync();
        using var content = new ByteArrayContent(Bytes.FromHex(Event + Payload));
        content.Headers.ContentType = new(MessagePack);
        Assert.Equal(202, (await worker.PostAsync("/v1/events", content)).Status);

        Answer answer = await worker.GetAsync(path, accept: MessagePack);

        string payload = Convert.ToHexStringLower(Bytes.FromHex("a77061796c6f6164" + Payload));
        Assert.Contains(payload, Convert.ToHexStringLower(answer.Body), StringComparison.Ordinal);
        Assert.Contains(
            """{"b":"AQID","f":0.1,"u":18446744073709551615,"b":"x"}""",
            Encoding.UTF8.GetString((await worker.GetAsync(path)).Body), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_stored_is_confirmed_in_the_form_that_is_asked_for()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        Answer asked = await PostAsync("/v1/events", Bytes.FromHex(Event + "01"), MessagePack, "application/json");
        Assert.Equal((202, "application/json"), (asked.Status, asked.Headers["Content-Type"]));
        Assert.False(asked.Json.GetProperty("results")[0].GetProperty("duplicate").GetBoolean());

        Answer appended = await PostAsync(
            "/v1/tasks/t1/terminal", "abc"u8.ToArray(), "application/octet-stream", MessagePack);
        Assert.Equal((202, MessagePack), (appended.Status, appended.Headers["Content-Type"]));
        JsonElement said = Read(appended);
        string epoch = said.GetProperty("epoch").GetString()!;
        Assert.True(Epoch.TryParse(epoch, out _));
        Assert.StartsWith(
            $$"""{"end":3,"epoch":"{{epoch}}","duplicate":false,"stored":3,"pressure":{"state":"ok",""",
            said.GetRawText(), StringComparison.Ordinal);

        // {"exit_code": 7, 1: {"x": 2}, "unknown": [1]}
        byte[] body = Bytes.FromHex("83 a9657869745f636f6465 07 01 81a17802 a7756e6b6e6f776e 9101");
        Answer ended = await PostAsync("/v1/tasks/t1/terminal/end", body, "application/x-msgpack");
        Assert.Equal((200, MessagePack), (ended.Status, ended.Headers["Content-Type"]));
        Assert.Equal($$"""{"exit_code":7,"end":3,"epoch":"{{epoch}}"}""", Read(ended).GetRawText());

        async Task<Answer> PostAsync(string path, byte[] bytes, string contentType, string? accept = null)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(bytes) };
            request.Content.Headers.ContentType = new(contentType);
            request.Headers.TryAddWithoutValidation("Accept", accept);
            return await Answer.ReadAsync(await worker.SendAsync(request, RunningWorker.Stamp()));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("07")]
    [InlineData("80")]
    [InlineData("81 a9657869745f636f6465")]
    [InlineData("81 a9657869745f636f6465 a130")]
    [InlineData("81 a9657869745f636f6465 cb3ff0000000000000")]
    [InlineData("81 a9657869745f636f6465 ce80000000")]
    [InlineData("81 a9657869745f636f6465 07 00")]
    [InlineData("82 a9657869745f636f6465 07 a178")]
    [InlineData("82 a178 919191919191919191c0 a9657869745f636f6465 07")]
    [InlineData("df7fffffff a9657869745f636f6465 07")]
    public async Task An_end_that_says_no_exit_code_is_refused(string hex)
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        using var content = new ByteArrayContent(Bytes.FromHex(hex));
        content.Headers.ContentType = new(MessagePack);

        Answer answer = await worker.PostAsync("/v1/tasks/t1/terminal/end", content);

        answer.AssertProblem(400, "bad_request");
        Assert.Equal(["/exit_code"], answer.Places);
    }

    [Theory]
    [InlineData("/v1/events?limit=0", 400, RunningWorker.Everything)]
    [InlineData("/v1/events?last=0", 400, RunningWorker.Everything)]
    [InlineData("/v1/agents", 403, "publish:*")]
    [InlineData("/v1/tasks/t1/terminal", 404, RunningWorker.Everything)]
    public async Task Problems_are_json_whatever_is_asked_for(string path, int status, string scope)
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();

        Answer answer = await worker.GetAsync(path, scope: scope, accept: MessagePack);

        Assert.Equal((status, "application/problem+json"), (answer.Status, answer.Headers["Content-Type"]));
        Assert.Equal(status, answer.Json.GetProperty("status").GetInt32());
    }

    private static JsonElement Read(Answer answer) =>
        JsonDocument.Parse(MessagePackJson.ToJson(answer.Body)).RootElement;

    // The two answers were not encoded in the same millisecond.
    private static string WithoutSent(byte[] json)
    {
        JsonNode root = JsonNode.Parse(json)!;
        IEnumerable<JsonNode> events = root["events"] is JsonArray list
            ? list.Select(item => item!)
            : root["agents"]!.AsArray().SelectMany(agent => agent!["values"]!.AsObject()).Select(value => value.Value!);
        foreach (JsonNode item in events)
        {
            Assert.True((long)item["sent"]! > 1_700_000_000_000);
            item["sent"] = null;
        }

        return root.ToJsonString();
    }
}
