using System.Net.Http.Headers;
using System.Text;
using Realtime.Log;
using Realtime.Tests.Protocol;
using Realtime.Tests.Support;

namespace Realtime.Tests.Workers.Ingest;

public sealed class TerminalResizeTests
{
    private const string Path = "/v1/tasks/t1/terminal";
    private const string Resize = Path + "/resize";
    private static readonly TerminalKey Terminal = new("acme", "t1");

    [Fact]
    public async Task A_size_holds_from_the_end_on_and_the_answer_is_as_the_protocol_says()
    {
        await using var log = RunningWorker.NewLog();
        await using RunningWorker worker = await RunningWorker.StartAsync(log);

        Answer first = await worker.PostAsync(Resize, """{"cols":80,"rows":24}""", "publish:terminal/t1");
        Answer written = await worker.PostBytesAsync(Path, "hello"u8.ToArray());
        Answer second = await worker.PostAsync(Resize, """{"rows":1000,"cols":1,"unknown":[1]}""");
        Answer again = await worker.PostAsync(Resize, """{"cols":1,"rows":1000}""");
        TerminalRead? read = await log.ReadTerminalAsync(Terminal, default, 100, ReadLane.Bulk, CancellationToken.None);

        string epoch = written.Json.GetProperty("epoch").GetString()!;
        Assert.Equal((200, $$"""{"end":0,"epoch":"{{epoch}}"}"""), (first.Status, Encoding.UTF8.GetString(first.Body)));
        Assert.Equal(
            (200, $$"""{"end":5,"epoch":"{{epoch}}"}"""), (second.Status, Encoding.UTF8.GetString(second.Body)));
        Assert.Equal((200, Encoding.UTF8.GetString(second.Body)), (again.Status, Encoding.UTF8.GetString(again.Body)));
        Assert.Equal(
            [(0L, new TerminalSize(80, 24)), (0L, null), (5L, new TerminalSize(1, 1000))],
            read!.Chunks.Select(chunk => (chunk.Offset, chunk.Size)));
    }

    [Fact]
    public async Task Bodies_and_answers_that_the_protocol_shows_are_those_of_the_code()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        string[] answers = [.. ProtocolDocument.Examples("answer")];

        foreach (string body in ProtocolDocument.Examples("body")
            .Where(body => !body.Contains("holder", StringComparison.Ordinal)))
        {
            Answer answer = await worker.PostAsync(
                body.Contains("exit_code", StringComparison.Ordinal) ? Path + "/end" : Resize, body);
            Assert.Equal(200, answer.Status);
            if (body.Contains("cols", StringComparison.Ordinal))
            {
                string shown = Encoding.UTF8.GetString(answer.Body).Replace(
                    answer.Json.GetProperty("epoch").GetString()!, "k3x9qa", StringComparison.Ordinal);
                Assert.Contains(shown, answers);
            }
        }
    }

    [Fact]
    public async Task An_ended_terminal_keeps_its_size()
    {
        await using var log = RunningWorker.NewLog();
        await using RunningWorker worker = await RunningWorker.StartAsync(log);
        await worker.PostAsync(Resize, """{"cols":80,"rows":24}""");
        await worker.PostAsync(Path + "/end", """{"exit_code":0}""");

        Answer late = await worker.PostAsync(Resize, """{"cols":100,"rows":24}""");

        late.AssertProblem(409, "ended");
        Assert.Equal(0, late.Json.GetProperty("end").GetInt64());
        Assert.Equal(
            new TerminalSize(80, 24), (await log.FindTerminalAsync(Terminal, CancellationToken.None))!.Value.Size);
    }

    [Theory]
    [InlineData("", "/cols", "/rows")]
    [InlineData("{}", "/cols", "/rows")]
    [InlineData("[80,24]", "/cols", "/rows")]
    [InlineData("{\"cols\":80}", "/rows")]
    [InlineData("{\"cols\":80,\"rows\":0}", "/rows")]
    [InlineData("{\"cols\":1001,\"rows\":-1}", "/cols", "/rows")]
    [InlineData("{\"cols\":\"80\",\"rows\":24}", "/cols")]
    [InlineData("{\"cols\":80.5,\"rows\":24}", "/cols")]
    [InlineData("{\"cols\":99999999999,\"rows\":null}", "/cols", "/rows")]
    [InlineData("{\"cols\":80,\"rows\":24", "/cols", "/rows")]
    [InlineData("{\"cols\":80,\"rows\":24,\"x\":[[[[[[[[[1]]]]]]]]]}", "/cols", "/rows")]
    public async Task A_bad_size_is_refused_with_all_errors(string body, params string[] places)
    {
        await using var log = RunningWorker.NewLog();
        await using RunningWorker worker = await RunningWorker.StartAsync(log);

        Answer answer = await worker.PostAsync(Resize, body);

        answer.AssertProblem(400, "bad_request");
        Assert.Equal(places, answer.Places);
        Assert.Null(await log.FindTerminalAsync(Terminal, CancellationToken.None));
    }

    [Fact]
    public async Task A_size_and_an_end_may_come_in_MessagePack_and_bytes_that_are_none_are_refused()
    {
        await using var log = RunningWorker.NewLog();
        await using RunningWorker worker = await RunningWorker.StartAsync(log);
        byte[] size = MessagePackJson.FromJson("""{"cols":80,"rows":24,"unknown":[1]}""");

        Answer[] cut =
        [
            await PostMessagePackAsync(worker, Resize, size[..^1]),
            await PostMessagePackAsync(worker, Resize, [.. size, 0xc0]),
            await PostMessagePackAsync(worker, Path + "/end", [0xc1]),
        ];
        Assert.All(cut, answer => answer.AssertProblem(400, "bad_request"));
        Assert.Null(await log.FindTerminalAsync(Terminal, CancellationToken.None));

        Answer resized = await PostMessagePackAsync(worker, Resize, size);
        Answer ended = await PostMessagePackAsync(
            worker, Path + "/end", MessagePackJson.FromJson("""{"exit_code":-7}"""));

        Assert.Equal((200, 200), (resized.Status, ended.Status));
        TerminalBounds bounds = (await log.FindTerminalAsync(Terminal, CancellationToken.None))!.Value;
        Assert.Equal((new TerminalSize(80, 24), -7), (bounds.Size, bounds.ExitCode));
    }

    [Fact]
    public async Task A_bad_address_another_type_and_a_large_body_are_refused()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        const string Size = """{"cols":80,"rows":24}""";

        (await worker.PostAsync("/v1/tasks/-x/terminal/resize", Size)).AssertProblem(400, "bad_request");
        (await worker.PostBytesAsync(Resize, Encoding.UTF8.GetBytes(Size)))
            .AssertProblem(415, "unsupported_media_type");
        (await worker.PostAsync(Resize, Size.PadRight(5000))).AssertProblem(413, "too_large");
    }

    [Theory]
    [InlineData("publish:agents/*")]
    [InlineData("publish:terminal/t2")]
    [InlineData("read:*")]
    public async Task Without_a_grant_for_the_terminal_it_is_forbidden(string scope)
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();

        (await worker.PostAsync(Resize, """{"cols":80,"rows":24}""", scope)).AssertProblem(403, "forbidden");
        (await worker.GetAsync(Path)).AssertProblem(404, "not_found");
    }

    [Fact]
    public async Task Without_the_log_a_retry_is_asked_for()
    {
        await using var log = new FaultyLog(RunningWorker.NewLog()) { OnTerminal = () => FaultyLog.Away() };
        await using RunningWorker worker = await RunningWorker.StartAsync(log);

        (await worker.PostAsync(Resize, """{"cols":80,"rows":24}""")).AssertProblem(503, "log_unavailable");
    }

    [Fact]
    public async Task A_producer_is_paused_and_then_refused_while_a_live_reader_is_too_far_behind()
    {
        await using var log = RunningWorker.NewLog(new LogOptions
        {
            Partitions = 4,
            Backpressure = new BackpressureOptions { TerminalDepthBytesMax = 100_000 },
        });
        await using RunningWorker worker = await RunningWorker.StartAsync(log);
        await worker.PostBytesAsync(Path, [1]);
        await log.ReportTerminalReaderAsync(Terminal, "w2", default, CancellationToken.None);

        Answer paused = await worker.PostBytesAsync(Path, new byte[99_999]);
        Answer refused = await worker.PostBytesAsync(Path, [1]);

        Assert.Equal(202, paused.Status);
        Assert.Equal(
            """{"state":"pause","depth":100000,"limit":100000}""", paused.Json.GetProperty("pressure").GetRawText());
        refused.AssertProblem(429, "pressure");
        Assert.Equal("1", refused.Headers["Retry-After"]);
        Assert.Equal(100_000, refused.Json.GetProperty("pressure").GetProperty("depth").GetInt64());
    }

    private static async Task<Answer> PostMessagePackAsync(RunningWorker worker, string path, byte[] body)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/msgpack");
        return await worker.PostAsync(path, content);
    }
}
