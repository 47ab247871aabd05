using System.Text;
using System.Text.Json;
using Realtime.Tests.Support;

namespace Realtime.Tests.Workers.Ingest;

/// <summary>What the body of <c>POST /v1/events</c> may be, in both formats, and how it is refused otherwise.</summary>
public sealed class PublishBodyTests
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

    private static async Task<Answer> PostMessagePackAsync(
        RunningWorker worker, byte[] body, string contentType, string scope = RunningWorker.Everything)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        return await worker.PostAsync(Path, content, scope);
    }

    private static Task<RunningWorker> SmallAsync() => RunningWorker.StartAsync(
        null,
        "--event_plane:ingest:body_bytes_max", "4096",
        "--event_plane:ingest:events_max", "10",
        "--event_plane:ingest:payload_bytes_max", "1024");
}
