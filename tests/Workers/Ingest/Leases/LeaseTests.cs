using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Realtime.Log;
using Realtime.Log.Memory;
using Realtime.Tests.Protocol;
using Realtime.Tests.Support;
using Realtime.Tests.Workers.Ingest.Sockets;

namespace Realtime.Tests.Workers.Ingest.Leases;

/// <summary>Leases as producers see them: over HTTP in both forms, on a socket, and when they run out.</summary>
public sealed class LeaseTests
{
    private const string Path = "/v1/leases";
    private const string Terminal = "/v1/tasks/t1/terminal";

    [Fact]
    public async Task A_lease_is_taken_renewed_and_given_back_in_both_forms()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        Answer taken = await worker.PostAsync(Path, Lease("\"agent\":\"a1\""));
        Assert.Equal(200, taken.Status);
        Assert.False(taken.Json.GetProperty("renewed").GetBoolean());
        long expiresAt = taken.Json.GetProperty("lease").GetProperty("expires_at").GetInt64();
        Assert.Equal(30_000, taken.Json.GetProperty("lease").GetProperty("ttl_ms").GetInt32());

        Answer again = await worker.PostAsync(Path, MessagePack(Lease("\"agent\":\"a1\",\"ttl_ms\":300000")));
        using var renewed = JsonDocument.Parse(MessagePackJson.ToJson(again.Body));
        Assert.True(renewed.RootElement.GetProperty("renewed").GetBoolean());
        Assert.True(renewed.RootElement.GetProperty("lease").GetProperty("expires_at").GetInt64() > expiresAt);

        Answer other = await worker.PostAsync(Path, Lease("\"agent\":\"a1\"", holder: "other"));
        other.AssertProblem(409, "leased");
        Assert.True(other.Json.GetProperty("expires_at").GetInt64() > expiresAt);
        Assert.DoesNotContain("runner", Encoding.UTF8.GetString(other.Body), StringComparison.Ordinal);
        (await worker.PostAsync(Path, Lease("\"agent\":\"a1\"", epoch: 4))).AssertProblem(409, "stale_producer");

        foreach (bool isReleased in new[] { true, false })
        {
            Answer released = await worker.PostAsync(Path + "/release", MessagePack(Lease("\"agent\":\"a1\"")));
            string expected = isReleased ? """{"released":true}""" : """{"released":false}""";
            Assert.Equal(expected, MessagePackJson.ToJson(released.Body));
        }

        Assert.Equal(200, (await worker.PostAsync(Path, Lease("\"agent\":\"a1\"", holder: "other"))).Status);
    }

    [Fact]
    public async Task Bodies_and_answers_are_those_of_the_document()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        string shown = ProtocolDocument.Examples("answer")
            .Single(example => example.Contains("\"lease\"", StringComparison.Ordinal));
        string[] bodies =
            [.. ProtocolDocument.Examples("body").Where(b => b.Contains("holder", StringComparison.Ordinal))];
        Assert.Equal(3, bodies.Length);
        Answer answer = null!;
        foreach (string body in bodies.Append(bodies[1]))
        {
            answer = await worker.PostAsync(Path, body);
            Assert.Equal(200, answer.Status);
        }

        string expiresAt = answer.Json.GetProperty("lease").GetProperty("expires_at").GetRawText();
        Assert.Equal(
            shown,
            Encoding.UTF8.GetString(answer.Body).Replace(expiresAt, "1795230350701", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("\"agent\":\"a1\"")]
    [InlineData("\"task\":\"t1\"")]
    public async Task What_is_only_renewed_is_not_taken_anew_over_http_and_on_a_socket(string what)
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        string renewal = Lease(what + ",\"renew\":true");
        (await worker.PostAsync(Path, renewal)).AssertProblem(409, "lease_lost");
        (await worker.PostAsync(Path, MessagePack(renewal))).AssertProblem(409, "lease_lost");
        Assert.Equal(200, (await worker.PostAsync(Path, Lease(what + ",\"renew\":false"))).Status);
        Answer renewed = await worker.PostAsync(Path, renewal);
        Assert.True(renewed.Json.GetProperty("renewed").GetBoolean());

        using ProducerSocket socket = await ProducerSocket.OpenAsync(worker);
        string[] answers = ["leased 1", "released 2", "lease_lost 3"];
        string[] ops = ["lease", "release", "lease"];
        for (int i = 0; i < ops.Length; i++)
        {
            await socket.SayAsync($$"""{"op":"{{ops[i]}}","seq":{{i + 1}},""" + renewal[1..]);
            Assert.Equal(answers[i], await socket.NextShortAsync());
        }
    }

    [Theory]
    [InlineData("[]", "")]
    [InlineData("{", "")]
    [InlineData("""{"agent":"a1"}""", "/holder /epoch")]
    [InlineData("""{"holder":"r","epoch":1}""", "/task")]
    [InlineData("""{"agent":"a 1","holder":"r","epoch":1,"ttl_ms":300001}""", "/agent /ttl_ms")]
    [InlineData("""{"agent":"a1","holder":"r","epoch":1,"renew":1}""", "/renew")]
    public async Task What_is_wrong_is_told_by_field(string body, string places)
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        Answer answer = await worker.PostAsync(Path, body);
        answer.AssertProblem(400, "bad_request");
        Assert.Equal(places, string.Join(' ', answer.Places));
    }

    [Theory]
    [InlineData("\"agent\":\"a1\"", "publish:agents/a1", 200)]
    [InlineData("\"agent\":\"a1\"", "publish:agents/a2", 403)]
    [InlineData("\"agent\":\"a1\"", "publish:terminal/*", 403)]
    [InlineData("\"task\":\"t1\"", "publish:terminal/t1", 200)]
    [InlineData("\"task\":\"t1\"", "publish:tasks/t1", 403)]
    [InlineData("\"task\":\"t1\",\"agent\":\"a1\"", "publish:terminal/t1", 403)]
    [InlineData("\"task\":\"t1\",\"agent\":\"a1\"", "publish:terminal/t1 publish:agents/a1", 200)]
    [InlineData("\"agent\":\"a1\"", "read:*", 403)]
    public async Task Who_may_not_write_it_may_not_lease_it(string what, string scope, int status)
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        Assert.Equal(status, (await worker.PostAsync(Path, Lease(what), scope)).Status);
        Assert.Equal(status, (await worker.PostAsync(Path + "/release", Lease(what), scope)).Status);
    }

    // Two that began at one end: the later one used to find out at the end, if at all.
    [Fact]
    public async Task Of_two_producers_at_one_end_the_one_with_the_lease_writes_and_the_other_is_told()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        Assert.Equal(200, (await worker.PostAsync(Path, Lease("\"task\":\"t1\"", holder: "one"))).Status);
        (await worker.PostAsync(Path, Lease("\"task\":\"t1\"", holder: "two"))).AssertProblem(409, "leased");

        const string One = "producer=one&producer_epoch=5";
        Answer one = await worker.PostBytesAsync($"{Terminal}?offset=0&{One}", "from-1"u8.ToArray());
        Answer two = await worker.PostBytesAsync(
            $"{Terminal}?offset=0&producer=two&producer_epoch=9", "from-2"u8.ToArray());
        Answer nobody = await worker.PostBytesAsync($"{Terminal}?offset=6", "nobody"u8.ToArray());

        Assert.Equal(202, one.Status);
        two.AssertProblem(409, "claimed");
        nobody.AssertProblem(409, "claimed");
        (await worker.PostAsync(Terminal + "/resize", """{"cols":80,"rows":24}""")).AssertProblem(409, "claimed");
        (await worker.PostAsync(Terminal + "/end", """{"exit_code":0}""")).AssertProblem(409, "claimed");
        (await worker.PostAsync(Terminal + "/end?producer=one&producer_epoch=4", """{"exit_code":0}"""))
            .AssertProblem(409, "stale_producer");
        Assert.Equal(200, (await worker.PostAsync($"{Terminal}/end?{One}", """{"exit_code":0}""")).Status);
        Assert.Equal("from-1", Encoding.UTF8.GetString((await worker.GetAsync(Terminal + "?from=start")).Body));
        (await worker.PostAsync(Path, Lease("\"task\":\"t1\"", holder: "one"))).AssertProblem(409, "ended");
    }

    [Theory]
    [InlineData("producer=one", "query: producer_epoch")]
    [InlineData("producer_epoch=1", "query: producer")]
    [InlineData("producer=a%20b&producer_epoch=1", "query: producer")]
    [InlineData("producer=one&producer_epoch=-1", "query: producer_epoch")]
    [InlineData("producer=one&producer_epoch=9007199254740992", "query: producer_epoch")]
    public async Task Half_a_claim_is_refused(string query, string where)
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        foreach (string path in new[] { "", "/end", "/resize" })
        {
            Answer answer = await worker.PostAsync($"{Terminal}{path}?{query}", "{}");
            answer.AssertProblem(400, "bad_request");
            Assert.Equal([where], answer.Places);
        }
    }

    [Fact]
    public async Task On_a_socket_leases_are_answered_by_number_also_behind_what_was_refused()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        using ProducerSocket socket = await ProducerSocket.OpenAsync(worker);
        await socket.SayAsync("""{"op":"lease","seq":1,"task":"t1","holder":"one","epoch":5}""");
        await socket.SayAsync(
            """{"op":"append","seq":2,"task":"t1","data":"aGk=","offset":9,"producer":"one","producer_epoch":5}""");
        await socket.SayAsync("""{"op":"lease","seq":3,"task":"t1","holder":"one","epoch":5}""");
        await socket.SayAsync("""{"op":"lease","seq":4,"agent":"a1","holder":"one","epoch":5}""");
        await socket.SayAsync("""{"op":"release","seq":5,"task":"t1","holder":"one","epoch":5}""");

        HashSet<string> answers = [];
        for (int i = 0; i < 5; i++)
        {
            answers.Add(await socket.NextShortAsync());
        }

        Assert.Equal(["hole 2", "leased 1", "leased 3", "leased 4", "released 5"], answers.Order());
        await socket.SayAsync("""{"op":"lease","seq":6,"agent":"a1","holder":"two","epoch":5}""");
        JsonElement other = (await socket.NextAsync())!.Value;
        Assert.Equal(
            ("error", "leased"), (other.GetProperty("op").GetString(), other.GetProperty("code").GetString()));
        await socket.SayAsync("""{"op":"end","seq":7,"task":"t2","exit_code":0}""");
        Assert.Equal("ended 7", await socket.NextShortAsync());
    }

    [Fact]
    public async Task Who_does_not_renew_is_told_lost_to_viewers_and_its_terminal_ends()
    {
        var clock = new ManualClock();
        await using MemoryLog log = RunningWorker.NewLog(clock: clock);
        await using RunningWorker worker = await RunningWorker.StartAsync(
            log, "--event_plane:lease_sweep_interval", "100ms");
        await worker.PostAsync(Path, Lease("\"agent\":\"a1\",\"ttl_ms\":10000"));
        await worker.PostAsync(Path, Lease("\"task\":\"t1\",\"agent\":\"a1\",\"ttl_ms\":10000"));

        Answer state = null!;
        await Eventually.TrueAsync("the agent is shown as lost", async () =>
        {
            // A sweep that comes 3 s after the one before gives new terms.
            clock.Advance(TimeSpan.FromMilliseconds(100));
            state = await worker.GetAsync("/v1/agents?agents=a1");
            return Encoding.UTF8.GetString(state.Body).Contains("\"lost\"", StringComparison.Ordinal);
        });
        await Eventually.TrueAsync("the terminal ended", async () =>
            (await log.FindTerminalAsync(new TerminalKey("acme", "t1"), default))?.ExitCode == -1);
        Answer events = await worker.GetAsync("/v1/events?agents=a1");
        Assert.Equal(
            ["agent.lost", "task.lost"],
            events.Json.GetProperty("events").EnumerateArray().Select(e => e.GetProperty("type").GetString()!).Order());
    }

    [Theory]
    [InlineData(LeaseStatus.TooMany, 429, "rate_limited")]
    [InlineData(LeaseStatus.Ended, 409, "ended")]
    public async Task What_the_log_refuses_has_its_code(LeaseStatus status, int expected, string code)
    {
        await using var log = new FaultyLog(RunningWorker.NewLog()) { InsteadOfLease = () => new LeaseResult(status) };
        await using RunningWorker worker = await RunningWorker.StartAsync(log);
        (await worker.PostAsync(Path, Lease("\"task\":\"t1\""))).AssertProblem(expected, code);
        log.OnLease = () => FaultyLog.Away();
        (await worker.PostAsync(Path, Lease("\"task\":\"t1\""))).AssertProblem(503, "log_unavailable");
        (await worker.PostAsync(Path + "/release", Lease("\"task\":\"t1\""))).AssertProblem(503, "log_unavailable");
    }

    private static string Lease(string what, string holder = "runner", long epoch = 5) =>
        "{" + what + $$""","holder":"{{holder}}","epoch":{{epoch}}}""";

    private static ByteArrayContent MessagePack(string json)
    {
        var content = new ByteArrayContent(MessagePackJson.FromJson(json));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/msgpack");
        return content;
    }
}
