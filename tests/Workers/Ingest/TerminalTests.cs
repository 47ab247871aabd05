using System.Text;
using Realtime.Log;
using Realtime.Protocol;

namespace Realtime.Tests.Workers.Ingest;

public sealed class TerminalTests
{
    private const string Path = "/v1/tasks/t1/terminal";

    public static TheoryData<string, string[]> BadAddresses { get; } = new()
    {
        { "/v1/tasks/-x/terminal", ["path: task"] },
        { "/v1/tasks/a%20b/terminal", ["path: task"] },
        { $"/v1/tasks/{new string('a', 129)}/terminal", ["path: task"] },
        { Path + "?offset=-1", ["query: offset"] },
        { Path + "?offset=", ["query: offset"] },
        { Path + "?offset=1e3", ["query: offset"] },
        { Path + "?offset=9223372036854775807", ["query: offset"] },
        { Path + "?offset=9007199253692416", ["query: offset"] },
        { Path + "?offset=99999999999999999999", ["query: offset"] },
        { Path + "?offset=1&offset=2", ["query: offset"] },
        { Path + "?stream=stdin", ["query: stream"] },
        { Path + "?offset=0&after_loss=ABCDEF", ["query: after_loss"] },
        { Path + "?after_loss=abcdef", ["query: after_loss"] },
        { "/v1/tasks/-x/terminal?offset=x&stream=y&after_loss=z",
            ["path: task", "query: after_loss", "query: offset", "query: stream"] },
    };

    [Theory]
    [MemberData(nameof(BadAddresses))]
    public async Task A_bad_address_is_refused_with_all_errors(string path, string[] places)
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();

        Answer answer = await worker.PostBytesAsync(path, [1]);

        answer.AssertProblem(400, "bad_request");
        Assert.Equal(places, answer.Places.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Bytes_are_appended_as_they_are_and_answered_as_the_protocol_says()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        byte[] bytes = [.. Enumerable.Range(0, 256).Select(i => (byte)i)];

        Answer first = await worker.PostBytesAsync(Path, bytes);
        Answer second = await worker.PostAsync(Path, new ByteArrayContent(bytes));
        Answer read = await worker.GetAsync(Path);

        string epoch = first.Json.GetProperty("epoch").GetString()!;
        Assert.True(Epoch.TryParse(epoch, out _));
        Assert.Equal(202, first.Status);
        Assert.StartsWith(
            $$$"""{"end":256,"epoch":"{{{epoch}}}","duplicate":false,"stored":256,"pressure":{"state":"ok",""",
            Encoding.UTF8.GetString(first.Body),
            StringComparison.Ordinal);
        Assert.Equal(512, second.Json.GetProperty("end").GetInt64());
        Assert.Equal([.. bytes, .. bytes], read.Body);
    }

    [Fact]
    public async Task With_an_offset_a_retry_is_harmless_and_a_hole_is_told()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        Answer first = await worker.PostBytesAsync(Path + "?offset=0", "hello"u8.ToArray());

        Answer again = await worker.PostBytesAsync(Path + "?offset=0", "hello"u8.ToArray());
        Answer overlap = await worker.PostBytesAsync(Path + "?offset=3", "lo world"u8.ToArray());
        Answer hole = await worker.PostBytesAsync(Path + "?offset=12", "!"u8.ToArray());
        Answer read = await worker.GetAsync(Path);

        Assert.False(first.Json.GetProperty("duplicate").GetBoolean());
        Assert.True(again.Json.GetProperty("duplicate").GetBoolean());
        Assert.Equal(5, again.Json.GetProperty("end").GetInt64());
        Assert.False(overlap.Json.GetProperty("duplicate").GetBoolean());
        Answer[] taken = [first, again, overlap];
        Assert.Equal([5, 0, 6], taken.Select(one => one.Json.GetProperty("stored").GetInt32()));
        hole.AssertProblem(409, "hole");
        Assert.Equal(11, hole.Json.GetProperty("expected").GetInt64());
        Assert.Equal(first.Json.GetProperty("epoch").GetString(), hole.Json.GetProperty("epoch").GetString());
        Assert.Equal("hello world", Encoding.UTF8.GetString(read.Body));
    }

    [Fact]
    public async Task After_a_loss_a_new_life_begins_where_the_producer_is()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        Answer first = await worker.PostBytesAsync(Path, "lost"u8.ToArray());
        string epoch = first.Json.GetProperty("epoch").GetString()!;

        Answer wrong = await worker.PostBytesAsync(Path + "?offset=1000&after_loss=zzzzzz", "new"u8.ToArray());
        Answer right = await worker.PostBytesAsync($"{Path}?offset=1000&after_loss={epoch}", "new"u8.ToArray());
        Answer read = await worker.GetAsync(Path);

        wrong.AssertProblem(409, "other_epoch");
        Assert.Equal(epoch, wrong.Json.GetProperty("epoch").GetString());
        Assert.Equal(202, right.Status);
        Assert.Equal(1003, right.Json.GetProperty("end").GetInt64());
        Assert.NotEqual(epoch, right.Json.GetProperty("epoch").GetString());
        Assert.Equal("new", Encoding.UTF8.GetString(read.Body));
        Assert.Equal("1000", read.Headers["Realtime-Offset"]);
    }

    [Fact]
    public async Task An_empty_body_is_refused()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();

        (await worker.PostBytesAsync(Path, [])).AssertProblem(400, "bad_request");
        (await worker.PostAsync(Path, content: null)).AssertProblem(400, "bad_request");
    }

    [Fact]
    public async Task A_body_of_the_limit_is_taken_and_one_byte_more_is_not()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        byte[] limit = new byte[1024 * 1024];
        Random.Shared.NextBytes(limit);

        Answer taken = await worker.PostBytesAsync(Path, limit);
        Answer refused = await worker.PostBytesAsync(Path, [.. limit, 1]);
        using var chunked = new ChunkedContent([.. limit, 1], pieces: 9);
        Answer refusedToo = await worker.PostAsync(Path, chunked);

        Assert.Equal(202, taken.Status);
        refused.AssertProblem(413, "too_large");
        refusedToo.AssertProblem(413, "too_large");
        Assert.Equal(limit, (await worker.GetAsync(Path)).Body);
    }

    [Fact]
    public async Task Another_content_type_is_refused()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();

        (await worker.PostAsync(Path, "{}")).AssertProblem(415, "unsupported_media_type");
    }

    [Theory]
    [InlineData("publish:agents/*")]
    [InlineData("publish:terminal/t2")]
    [InlineData("read:*")]
    public async Task Without_a_grant_for_the_terminal_nothing_is_written(string scope)
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();

        (await worker.PostBytesAsync(Path, [1], scope)).AssertProblem(403, "forbidden");
        (await worker.PostAsync(Path + "/end", """{"exit_code":0}""", scope)).AssertProblem(403, "forbidden");
        (await worker.GetAsync(Path)).AssertProblem(404, "not_found");
    }

    [Fact]
    public async Task Standard_error_is_told_apart()
    {
        await using var log = RunningWorker.NewLog();
        await using RunningWorker worker = await RunningWorker.StartAsync(log);
        await worker.PostBytesAsync(Path, "out"u8.ToArray(), "publish:terminal/t1");
        await worker.PostBytesAsync(Path + "?stream=stderr", "err"u8.ToArray());

        TerminalRead? read = await log.ReadTerminalAsync(
            new TerminalKey("acme", "t1"), default, 1000, ReadLane.Bulk, CancellationToken.None);

        Assert.Equal([TerminalSource.Stdout, TerminalSource.Stderr], read!.Chunks.Select(chunk => chunk.Source));
    }

    [Fact]
    public async Task An_ended_terminal_keeps_its_first_exit_code_and_refuses_bytes()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        Answer written = await worker.PostBytesAsync(Path, "bye"u8.ToArray());
        string epoch = written.Json.GetProperty("epoch").GetString()!;

        Answer ended = await worker.PostAsync(Path + "/end", """{"exit_code":-2147483648}""");
        Answer again = await worker.PostAsync(Path + "/end", """{"exit_code":-2147483648,"unknown":[1]}""");
        Answer other = await worker.PostAsync(Path + "/end", """{"exit_code":0}""");
        Answer late = await worker.PostBytesAsync(Path, "late"u8.ToArray());

        Assert.Equal(
            $$"""{"exit_code":-2147483648,"end":3,"epoch":"{{epoch}}"}""", Encoding.UTF8.GetString(ended.Body));
        Assert.Equal(200, again.Status);
        Assert.Equal(ended.Body, again.Body);
        other.AssertProblem(409, "ended");
        Assert.Equal(-2147483648, other.Json.GetProperty("exit_code").GetInt32());
        late.AssertProblem(409, "ended");
        Assert.Equal(3, late.Json.GetProperty("expected").GetInt64());
        Assert.Equal("-2147483648", (await worker.GetAsync(Path)).Headers["Realtime-Exit-Code"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("0")]
    [InlineData("[0]")]
    [InlineData("{\"exit_code\":\"0\"}")]
    [InlineData("{\"exit_code\":0.5}")]
    [InlineData("{\"exit_code\":2147483648}")]
    [InlineData("{\"exit_code\":null}")]
    [InlineData("{\"exit_code\":0")]
    [InlineData("{\"exit_code\":0,\"x\":[[[[[[[[[1]]]]]]]]]}")]
    public async Task A_bad_exit_code_is_refused(string body)
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();

        Answer answer = await worker.PostAsync(Path + "/end", body);

        answer.AssertProblem(400, "bad_request");
        Assert.Equal(["/exit_code"], answer.Places);
    }

    [Fact]
    public async Task The_end_takes_JSON_of_a_modest_size_only()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();

        (await worker.PostBytesAsync(Path + "/end", "{\"exit_code\":0}"u8.ToArray()))
            .AssertProblem(415, "unsupported_media_type");
        (await worker.PostAsync(Path + "/end", """{"exit_code":0}""".PadRight(5000))).AssertProblem(413, "too_large");
        (await worker.PostAsync("/v1/tasks/-x/terminal/end", """{"exit_code":0}""")).AssertProblem(400, "bad_request");
    }

    [Fact]
    public async Task Without_the_log_a_retry_is_asked_for()
    {
        await using var log = new FaultyLog(RunningWorker.NewLog())
        {
            OnTerminal = () => FaultyLog.Away(LogUnavailableReason.Full),
        };
        await using RunningWorker worker = await RunningWorker.StartAsync(log);

        foreach (Answer answer in new[]
        {
            await worker.PostBytesAsync(Path, [1]),
            await worker.PostAsync(Path + "/end", """{"exit_code":0}"""),
        })
        {
            answer.AssertProblem(503, "log_unavailable");
            Assert.Equal("1", answer.Headers["Retry-After"]);
            Assert.Contains("full", answer.Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Too_far_behind_is_429_with_the_pressure()
    {
        await using var log = new FaultyLog(RunningWorker.NewLog())
        {
            InsteadOfTerminalAppend = () => new TerminalAppendResult(
                TerminalAppendStatus.Pressure, 7, Epoch.Parse("abcdef"), new Pressure(PressureState.Pause, 9, 10)),
        };
        await using RunningWorker worker = await RunningWorker.StartAsync(log);

        Answer answer = await worker.PostBytesAsync(Path, [1]);

        answer.AssertProblem(429, "pressure");
        Assert.Equal("1", answer.Headers["Retry-After"]);
        Assert.Equal(9, answer.Json.GetProperty("pressure").GetProperty("depth").GetInt64());
    }
}
