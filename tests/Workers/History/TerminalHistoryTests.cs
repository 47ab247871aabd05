using System.Globalization;
using System.Text;
using Realtime.Log;

namespace Realtime.Tests.Workers.History;

public sealed class TerminalHistoryTests
{
    private const string Path = "/v1/tasks/t1/terminal";

    [Theory]
    [InlineData("", 0)]
    [InlineData("?from=start", 0)]
    [InlineData("?from=0", 0)]
    [InlineData("?from=299999", 299_999)]
    [InlineData("?from=300001", 300_001)]
    [InlineData("?from=700000", 700_000)]
    [InlineData("?from=tail:0", 700_000)]
    [InlineData("?from=tail:1", 699_999)]
    [InlineData("?from=tail:400000", 300_000)]
    [InlineData("?from=tail:999999999", 0)]
    public async Task Bytes_are_exact_from_every_place(string from, int start)
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        byte[] bytes = new byte[700_000];
        new Random(1).NextBytes(bytes);

        // No control in it, and nothing that a cut could break: so tail too is exact.
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = (byte)(' ' + (bytes[i] % 95));
        }

        await worker.PostBytesAsync(Path, bytes[..300_000]);
        Answer written = await worker.PostBytesAsync(Path, bytes[300_000..]);

        Answer read = await worker.GetAsync(Path + from);

        Assert.Equal(200, read.Status);
        Assert.Equal(bytes[start..], read.Body);
        Assert.Equal("application/octet-stream", read.Headers["Content-Type"]);
        Assert.Equal("nosniff", read.Headers["X-Content-Type-Options"]);
        Assert.Equal(start.ToString(CultureInfo.InvariantCulture), read.Headers["Realtime-Offset"]);
        Assert.Equal("700000", read.Headers["Realtime-End"]);
        Assert.Equal(written.Json.GetProperty("epoch").GetString(), read.Headers["Realtime-Epoch"]);
        Assert.False(read.Headers.ContainsKey("Realtime-Exit-Code"));
    }

    [Fact]
    public async Task A_place_that_does_not_stand_is_refused_and_what_is_there_is_told()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        Answer written = await worker.PostBytesAsync(Path, "hello"u8.ToArray());
        string epoch = written.Json.GetProperty("epoch").GetString()!;

        Answer ahead = await worker.GetAsync(Path + "?from=6");
        Answer foreign = await worker.GetAsync(Path + "?from=2.zzzzzz");
        Answer right = await worker.GetAsync($"{Path}?from=2.{epoch}");

        ahead.AssertProblem(409, "gap");
        foreign.AssertProblem(409, "other_epoch");
        Assert.Equal(
            (epoch, 0L, 5L),
            (foreign.Json.GetProperty("epoch").GetString(), foreign.Json.GetProperty("start").GetInt64(),
                foreign.Json.GetProperty("end").GetInt64()));
        Assert.Equal("llo"u8.ToArray(), right.Body);
    }

    [Fact]
    public async Task What_was_trimmed_is_refused_by_offset_and_the_start_is_the_first_byte_left()
    {
        await using var log = RunningWorker.NewLog(
            new LogOptions { Partitions = 4, Terminal = new TerminalLogOptions { RetentionBytes = 100_000 } });
        await using RunningWorker worker = await RunningWorker.StartAsync(log);
        byte[] bytes = new byte[500_000];
        new Random(2).NextBytes(bytes);
        await worker.PostBytesAsync(Path, bytes);

        Answer gone = await worker.GetAsync(Path + "?from=1");
        Answer all = await worker.GetAsync(Path + "?from=start");
        Answer tail = await worker.GetAsync(Path + "?from=tail:500000");

        gone.AssertProblem(409, "gap");
        int start = (int)gone.Json.GetProperty("start").GetInt64();
        Assert.InRange(start, 1, 400_000);
        Assert.Equal(bytes[start..], all.Body);
        int safe = int.Parse(tail.Headers["Realtime-Offset"], CultureInfo.InvariantCulture);
        Assert.InRange(safe, start, start + 32_768);
        Assert.Equal(bytes[safe..], tail.Body);
    }

    [Theory]
    [InlineData("tail:3", 18, "two")]
    [InlineData("tail:5", 16, "\u00e9two")]
    [InlineData("tail:4", 18, "two")]
    [InlineData("tail:6", 15, "d\u00e9two")]
    [InlineData("tail:9", 12, "word\u00e9two")]
    [InlineData("12", 12, "word\u00e9two")]
    [InlineData("tail:11", 12, "word\u00e9two")]
    [InlineData("10", 10, "1mword\u00e9two")]
    public async Task A_tail_begins_at_a_safe_point_and_tells_where_and_an_offset_is_exact(
        string from, int offset, string body)
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        await worker.PostAsync(Path + "/resize", """{"cols":132,"rows":43}""");
        await worker.PostBytesAsync(Path, Encoding.UTF8.GetBytes("one\nand \u001b[1mword\u00e9two"));

        Answer read = await worker.GetAsync($"{Path}?from={from}");

        Assert.Equal(offset.ToString(CultureInfo.InvariantCulture), read.Headers["Realtime-Offset"]);
        Assert.Equal(body, Encoding.UTF8.GetString(read.Body));
        Assert.Equal("132x43", read.Headers["Realtime-Size"]);
    }

    [Fact]
    public async Task A_download_whose_bytes_are_trimmed_under_way_is_broken_off_not_cut_short()
    {
        byte[] bytes = new byte[1_000_000];
        int reads = 0;
        await using var log = new FaultyLog(RunningWorker.NewLog());
        await using RunningWorker worker = await RunningWorker.StartAsync(log);
        await worker.PostBytesAsync(Path, bytes);
        log.OnTerminal = () => Interlocked.Increment(ref reads) > 2 ? FaultyLog.Away() : null;

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => worker.GetAsync(Path));

        Assert.Equal(3, reads);
    }

    [Fact]
    public async Task An_ended_terminal_tells_its_exit_code_even_without_bytes()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        await worker.PostAsync(Path + "/end", """{"exit_code":3}""");

        Answer read = await worker.GetAsync(Path);

        Assert.Equal(200, read.Status);
        Assert.Empty(read.Body);
        Assert.Equal("3", read.Headers["Realtime-Exit-Code"]);
    }

    [Fact]
    public async Task An_unknown_task_is_not_found_nor_is_another_tenants()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        await worker.PostBytesAsync(Path, [1]);

        (await worker.GetAsync("/v1/tasks/t2/terminal")).AssertProblem(404, "not_found");
        (await worker.GetAsync(Path, tenant: "other")).AssertProblem(404, "not_found");
    }

    [Theory]
    [InlineData("read:agents/*")]
    [InlineData("read:terminal/t2")]
    [InlineData("publish:*")]
    public async Task Without_a_grant_it_is_forbidden_also_if_it_is_not_there(string scope)
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();

        (await worker.GetAsync(Path, scope: scope)).AssertProblem(403, "forbidden");
    }

    [Theory]
    [InlineData("/v1/tasks/t1/terminal?from=end", "query: from")]
    [InlineData("/v1/tasks/t1/terminal?from=-1", "query: from")]
    [InlineData("/v1/tasks/t1/terminal?from=tail:", "query: from")]
    [InlineData("/v1/tasks/t1/terminal?from=1.ABC", "query: from")]
    [InlineData("/v1/tasks/t1/terminal?from=", "query: from")]
    [InlineData("/v1/tasks/-/terminal", "path: task")]
    public async Task A_bad_address_is_refused_with_its_place(string path, string place)
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();

        Answer answer = await worker.GetAsync(path);

        answer.AssertProblem(400, "bad_request");
        Assert.Equal([place], answer.Places);
    }

    [Fact]
    public async Task Without_the_log_a_retry_is_asked_for()
    {
        await using var log = new FaultyLog(RunningWorker.NewLog());
        await using RunningWorker worker = await RunningWorker.StartAsync(log);
        await worker.PostBytesAsync(Path, [1]);
        log.OnTerminal = () => FaultyLog.Away();

        (await worker.GetAsync(Path)).AssertProblem(503, "log_unavailable");
    }
}
