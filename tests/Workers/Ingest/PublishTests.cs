using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Realtime.Log;
using Realtime.Protocol;
using Realtime.Protocol.Events;
using Realtime.Tests.Support;

namespace Realtime.Tests.Workers.Ingest;

public sealed class PublishTests
{
    private const string Path = "/v1/events";
    private const string Good = """{"channel":"agents","type":"agent.status","agent":"a1","payload":{"n":1}}""";

    public static TheoryData<string, string, int, string, string[]> BadBodies { get; } = new()
    {
        { "empty", "", 400, "bad_request", [""] },
        { "white space", "  \n", 400, "bad_request", [""] },
        { "not JSON", "{channel:agents}", 400, "bad_request", [""] },
        { "cut off", Good[..20], 400, "bad_request", [""] },
        { "two values", Good + Good, 400, "bad_request", [""] },
        { "no events", "[]", 400, "bad_request", [""] },
        { "a number", "1", 400, "bad_request", [""] },
        { "numbers", "[1,2]", 400, "bad_request", ["/0", "/1"] },
        { "an array in the array", $"[[{Good}]]", 400, "bad_request", ["/0"] },
        { "nothing in it", "{}", 400, "bad_request", ["/channel", "/payload", "/type"] },
        { "wrong type", """{"channel":"agents","type":1,"payload":1}""", 400, "bad_request", ["/type"] },
        { "bad type", """{"channel":"agents","type":"a b","payload":1}""", 400, "bad_request", ["/type"] },
        { "unknown channel", """{"channel":"agnets","type":"x","payload":1}""", 400, "bad_request", ["/channel"] },
        { "bad ids", """{"channel":"agents","type":"x","agent":"-a","task":"","project":"é","payload":1}""",
            400, "bad_request", ["/agent", "/project", "/task"] },
        { "bad time", """{"channel":"agents","type":"x","ts":-1,"payload":1}""", 400, "bad_request", ["/ts"] },
        { "bad key", """{"channel":"agents","type":"x","key":"a b","payload":1}""", 400, "bad_request", ["/key"] },
        { "one of three", $"[{Good},{Good.Replace("agents", "x")},{Good}]", 400, "bad_request", ["/1/channel"] },
        { "all errors at once", $$"""[{{Good}},{"channel":"x"},{"type":"","channel":"agents","payload":1}]""",
            400, "bad_request", ["/1/channel", "/1/payload", "/1/type", "/2/type"] },
        { "too deep", $$"""{"channel":"agents","type":"x","payload":{{new string('[', 40)}}{{new string(']', 40)}}}""",
            400, "bad_request", ["/payload"] },
        { "too many", $"[{string.Join(',', Enumerable.Repeat(Good, 11))}]", 413, "too_many", [""] },
        { "a large payload", $$"""{"channel":"agents","type":"x","payload":"{{new string('x', 2000)}}"}""",
            413, "too_large", ["/payload"] },
        { "a large body", new string(' ', 5000) + Good, 413, "too_large", [] },
    };

    [Theory]
    [MemberData(nameof(BadBodies))]
    public async Task A_bad_body_is_refused_whole_with_all_errors_and_their_places(
        string what, string body, int status, string code, string[] places)
    {
        Assert.NotEmpty(what);
        await using RunningWorker worker = await SmallAsync();

        Answer answer = await worker.PostAsync(Path, body);

        answer.AssertProblem(status, code);
        Assert.Equal(places, answer.Places.Order(StringComparer.Ordinal));
        Assert.False(answer.Json.GetProperty("retry").GetBoolean());
        Assert.Empty((await worker.GetAsync(Path)).Json.GetProperty("events").EnumerateArray());
    }

    [Fact]
    public async Task A_body_that_is_not_UTF_8_is_refused()
    {
        await using RunningWorker worker = await SmallAsync();
        byte[] body = Encoding.Latin1.GetBytes(Good.Replace("a1", "\u00ff"));
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new("application/json");

        (await worker.PostAsync(Path, content)).AssertProblem(400, "bad_request");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/json; charset=utf-16")]
    [InlineData("application/cbor")]
    [InlineData("application/msgpack2")]
    [InlineData("nonsense")]
    public async Task Another_content_type_is_refused(string? contentType)
    {
        await using RunningWorker worker = await SmallAsync();
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(Good));
        if (contentType is not null)
        {
            content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        }

        Answer answer = await worker.PostAsync(Path, content);

        answer.AssertProblem(415, "unsupported_media_type");
        Assert.Equal(["header: Content-Type"], answer.Places);
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/json; charset=utf-8")]
    [InlineData("Application/JSON;charset=\"UTF-8\"")]
    public async Task JSON_is_taken_however_it_is_called(string contentType)
    {
        await using RunningWorker worker = await SmallAsync();
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(Good));
        content.Headers.TryAddWithoutValidation("Content-Type", contentType);

        Assert.Equal(202, (await worker.PostAsync(Path, content)).Status);
    }

    [Theory]
    [InlineData("application/msgpack")]
    [InlineData("Application/X-MsgPack")]
    [InlineData("application/vnd.msgpack")]
    public async Task MessagePack_is_taken_and_answered_in_kind(string contentType)
    {
        await using RunningWorker worker = await SmallAsync();

        Answer answer = await PostMessagePackAsync(worker, MessagePackJson.FromJson(Good), contentType);

        Assert.Equal(202, answer.Status);
        Assert.Equal("application/msgpack", answer.Headers["Content-Type"]);
        using var said = JsonDocument.Parse(MessagePackJson.ToJson(answer.Body));
        string? id = said.RootElement.GetProperty("results")[0].GetProperty("id").GetString();
        Assert.Equal(
            $$$"""{"results":[{"id":"{{{id}}}","duplicate":false}],"pressure":{"state":"ok","depth":0,"limit":5000}}""",
            said.RootElement.GetRawText());
        JsonElement stored = (await worker.GetAsync(Path)).Json.GetProperty("events")[0];
        Assert.Equal(id, stored.GetProperty("id").GetString());
        Assert.Equal("""{"n":1}""", stored.GetProperty("payload").GetRawText());
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("c1", "")]
    [InlineData("90", "")]
    [InlineData("9101", "/0")]
    [InlineData("92 80", "")]
    public async Task Bad_MessagePack_is_refused_by_a_problem_in_json(string hex, string place)
    {
        await using RunningWorker worker = await SmallAsync();

        Answer answer = await PostMessagePackAsync(worker, Bytes.FromHex(hex), "application/msgpack");

        answer.AssertProblem(400, "bad_request");
        Assert.Equal([place], answer.Places);
    }

    [Fact]
    public async Task What_is_wrong_in_MessagePack_is_told_as_in_json()
    {
        await using RunningWorker worker = await SmallAsync();
        byte[] large = MessagePackJson.FromJson(
            $$"""[{{Good}},{"channel":"agents","type":"x","payload":"{{new string('x', 2000)}}"}]""");
        Answer answer = await PostMessagePackAsync(worker, large, "application/msgpack");
        answer.AssertProblem(413, "too_large");
        Assert.Equal(["/1/payload"], answer.Places);

        Answer refused = await PostMessagePackAsync(
            worker, MessagePackJson.FromJson($"[{Good}]"), "application/msgpack", "publish:agents/other");
        refused.AssertProblem(403, "forbidden");
        Assert.Equal(["/0"], refused.Places);
    }

    [Theory]
    [InlineData(4097, 413)]
    [InlineData(4096, 400)]
    public async Task The_limit_of_a_body_holds_without_a_declared_length_too(int bytes, int status)
    {
        await using RunningWorker worker = await SmallAsync();
        using var content = new ChunkedContent(new byte[bytes], pieces: 7);
        content.Headers.ContentType = new("application/json");

        Assert.Equal(status, (await worker.PostAsync(Path, content)).Status);
    }

    [Fact]
    public async Task One_event_is_answered_as_the_protocol_says()
    {
        await using RunningWorker worker = await SmallAsync();

        Answer answer = await worker.PostAsync(Path, Good);

        Assert.Equal(202, answer.Status);
        Assert.Equal("application/json", answer.Headers["Content-Type"]);
        JsonElement result = Assert.Single(answer.Json.GetProperty("results").EnumerateArray());
        Assert.True(EventPosition.TryParse(result.GetProperty("id").GetString(), out EventPosition id));
        Assert.Equal(Partitioner.Of("acme", "a1", 4), id.Partition);
        Assert.Equal(1, id.Entry.Offset);
        Assert.Equal(
            $$$"""{"results":[{"id":"{{{id}}}","duplicate":false}],"pressure":{"state":"ok","depth":0,"limit":5000}}""",
            Encoding.UTF8.GetString(answer.Body));
    }

    [Fact]
    public async Task Results_stand_in_the_order_of_the_events_and_streams_keep_it()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        object[] events = [.. Enumerable.Range(0, 200).Select(i =>
            new { channel = "agents", type = "x", agent = $"a{i % 9}", payload = i })];

        EventPosition[] ids = [.. (await worker.PublishAsync(events)).Select(Position)];

        for (int i = 0; i < ids.Length; i++)
        {
            Assert.Equal(Partitioner.Of("acme", $"a{i % 9}", 4), ids[i].Partition);
        }

        foreach (IGrouping<int, EventPosition> stream in ids.GroupBy(id => id.Partition))
        {
            Assert.Equal(
                Enumerable.Range(1, stream.Count()).Select(n => (long)n), stream.Select(id => id.Entry.Offset));
        }
    }

    [Fact]
    public async Task The_same_key_gives_the_first_result_again_and_another_body_is_a_conflict()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        string keyed = Good.Replace("\"payload\"", "\"key\":\"k1\",\"payload\"");
        string other = keyed.Replace("\"n\":1", "\"n\":2");

        Answer first = await worker.PostAsync(Path, keyed);
        Answer again = await worker.PostAsync(Path, keyed);
        Answer conflict = await worker.PostAsync(Path, other);
        Answer mixed = await worker.PostAsync(Path, $"[{Good},{other},{Good}]");

        Assert.Equal(202, again.Status);
        Assert.Equal(Id(first, 0), Id(again, 0));
        Assert.True(again.Json.GetProperty("results")[0].GetProperty("duplicate").GetBoolean());
        conflict.AssertProblem(409, "conflict");
        Assert.Equal(202, mixed.Status);
        Assert.Equal(["", "conflict", "after_refused"], Codes(mixed));
        Assert.False(mixed.Json.GetProperty("results")[1].GetProperty("error").GetProperty("retry").GetBoolean());
        Assert.True(mixed.Json.GetProperty("results")[2].GetProperty("error").GetProperty("retry").GetBoolean());
        Assert.Equal(2, (await worker.GetAsync(Path)).Json.GetProperty("events").GetArrayLength());
    }

    [Fact]
    public async Task A_retry_under_another_trace_is_the_same_event()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        string keyed = Good.Replace("\"payload\"", "\"key\":\"k1\",\"payload\"");

        Answer first = await PostTracedAsync(worker, keyed, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        Answer again = await PostTracedAsync(worker, keyed, "00-0af7651916cd43dd8448eb211c80319c-c7ad6b7169203331-01");

        Assert.Equal(202, again.Status);
        Assert.Equal(Id(first, 0), Id(again, 0));
    }

    [Theory]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", true)]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00", false)]
    [InlineData("nonsense", false)]
    public async Task A_sampled_trace_is_kept_in_the_envelope(string traceParent, bool isKept)
    {
        await using var log = RunningWorker.NewLog();
        await using RunningWorker worker = await RunningWorker.StartAsync(log);

        Answer answer = await PostTracedAsync(worker, Good, traceParent);

        EventPosition id = Position(Id(answer, 0));
        EventRead read = await log.ReadAsync(
            new StreamKey("acme", id.Partition), default, ReadLimit.Default, ReadLane.Bulk, CancellationToken.None);
        Assert.True(EnvelopeCodec.TryRead(Assert.Single(read.Entries).Envelope, out EventEnvelope? envelope));
        Assert.Equal(isKept ? traceParent : null, envelope!.TraceParent);
    }

    [Fact]
    public async Task Events_that_the_token_does_not_cover_are_named_and_nothing_is_stored()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        string other = Good.Replace("a1", "b1");

        Answer some = await worker.PostAsync(Path, $"[{Good},{other},{other}]", "publish:agents/a1 read:*");
        Answer one = await worker.PostAsync(Path, other, "publish:agents/a1");
        Answer none = await worker.PostAsync(Path, Good, "read:*");

        some.AssertProblem(403, "forbidden");
        Assert.Equal(["/1", "/2"], some.Places);
        one.AssertProblem(403, "forbidden");
        Assert.Equal([""], one.Places);
        none.AssertProblem(403, "forbidden");
        Assert.Equal(0, (await worker.GetAsync(Path)).Json.GetProperty("events").GetArrayLength());
    }

    [Fact]
    public async Task A_tenant_does_not_see_what_another_published()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        await worker.PostAsync(Path, Good);

        Assert.Equal(1, (await worker.GetAsync(Path)).Json.GetProperty("events").GetArrayLength());
        Assert.Equal(0, (await worker.GetAsync(Path, "other")).Json.GetProperty("events").GetArrayLength());
    }

    [Fact]
    public async Task A_large_batch_fits_and_its_order_is_kept()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        object[] events = [.. Enumerable.Range(0, 1000).Select(i =>
            new { channel = "tasks", type = "x", group = "one", payload = new { text = new string('x', 900), i } })];

        EventPosition[] ids = [.. (await worker.PublishAsync(events)).Select(Position)];

        Assert.Equal(Enumerable.Range(1, 1000).Select(n => (long)n), ids.Select(id => id.Entry.Offset));
    }

    internal static string Id(Answer answer, int index) =>
        answer.Json.GetProperty("results")[index].GetProperty("id").GetString()!;

    internal static EventPosition Position(string id) =>
        EventPosition.TryParse(id, out EventPosition position) ? position : throw new UnreachableException(id);

    internal static string[] Codes(Answer answer) =>
    [
        .. answer.Json.GetProperty("results").EnumerateArray().Select(result =>
            result.TryGetProperty("error", out JsonElement error) ? error.GetProperty("code").GetString()! : ""),
    ];

    private static async Task<Answer> PostMessagePackAsync(
        RunningWorker worker, byte[] body, string contentType, string scope = RunningWorker.Everything)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        return await worker.PostAsync(Path, content, scope);
    }

    private static async Task<Answer> PostTracedAsync(RunningWorker worker, string body, string traceParent)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Path)
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        request.Headers.TryAddWithoutValidation("traceparent", traceParent);
        return await Answer.ReadAsync(await worker.SendAsync(request, RunningWorker.Stamp()));
    }

    private static Task<RunningWorker> SmallAsync() => RunningWorker.StartAsync(
        null,
        "--event_plane:ingest:body_bytes_max", "4096",
        "--event_plane:ingest:events_max", "10",
        "--event_plane:ingest:payload_bytes_max", "1024");
}
