using System.Globalization;
using System.Text.Json;
using Realtime.Log;
using Realtime.Log.Memory;
using Realtime.Log.Revocations;
using Realtime.Tests.Log.Redis;
using Realtime.Tests.Support;
using Realtime.Tests.Workers.Connections;
using Realtime.Workers.Connections;
using Realtime.Workers.Revocations;

namespace Realtime.Tests.Workers.Revocations;

/// <summary>Tokens that an operator revoked: refused at the door, on open connections, and by every worker.</summary>
public sealed class RevocationTests
{
    private static readonly DateTimeOffset Before = TimeProvider.System.GetUtcNow().AddMinutes(-1);

    [Theory]
    [InlineData("tenant=acme", true)]
    [InlineData("tenant=acme&subject=someone", true)]
    [InlineData("tenant=acme&token_id=7f3a", true)]
    [InlineData("tenant=acme&subject=another", false)]
    [InlineData("tenant=acme&token_id=8f3a", false)]
    [InlineData("tenant=other", false)]
    [InlineData("tenant=other&subject=someone", false)]
    public async Task Requests_and_connections_of_a_revoked_token_are_refused_and_no_others(string whom, bool refused)
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        string stamp = RunningWorker.Stamp(tokenId: "7f3a", issuedAt: Before);
        using WorkerSocket viewer = await WorkerSocket.OpenAsync(worker, stamp: stamp);
        using WorkerSocket producer = await WorkerSocket.OpenAsync(worker, "/v1/publish", stamp);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/sse/agents");
        using HttpResponseMessage events = await worker.SendAsync(request, stamp);
        await Eventually.TrueAsync("all are open", () => worker.Get<ConnectionRegistry>().Count == 3);

        Answer order = await worker.OperateAsync(HttpMethod.Post, $"/internal/revocations?{whom}&reason=lost");
        Assert.Equal((200, refused ? 3 : 0, true), (
            order.Status, order.Json.GetProperty("disconnected").GetInt32(),
            order.Json.GetProperty("stored").GetBoolean()));

        using var again = new HttpRequestMessage(HttpMethod.Get, "/v1/agents");
        Answer answer = await Answer.ReadAsync(await worker.SendAsync(again, stamp));
        if (!refused)
        {
            Assert.Equal(200, answer.Status);
            await viewer.SayAsync("""{"op":"ping"}""");
            await viewer.NextAsync("pong");
            return;
        }

        answer.AssertProblem(401, "token_revoked");
        Assert.Contains("invalid_token", answer.Headers["WWW-Authenticate"], StringComparison.Ordinal);
        foreach (WorkerSocket socket in (WorkerSocket[])[viewer, producer])
        {
            await socket.ClosedAsync();
            Assert.Equal((4401, "token_revoked"), (socket.CloseCode, socket.CloseReason));
        }

        Assert.Contains(
            "event: close\ndata: {\"code\":4401,\"reason\":\"token_revoked\"}",
            await events.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        // Who signs in again is let in, but for the one token.
        string later = RunningWorker.Stamp(tokenId: "7f3a", issuedAt: TimeProvider.System.GetUtcNow().AddMinutes(1));
        using var fresh = new HttpRequestMessage(HttpMethod.Get, "/v1/agents");
        Answer anew = await Answer.ReadAsync(await worker.SendAsync(fresh, later));
        Assert.Equal(whom.Contains("token_id", StringComparison.Ordinal) ? 401 : 200, anew.Status);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Another_worker_ends_them_within_a_second_and_an_undone_one_is_let_in_everywhere(bool onRedis)
    {
        await using RedisServer? redis = onRedis ? await RedisServer.StartAsync() : null;
        await using IPartitionedLog log = redis is null
            ? RunningWorker.NewLog()
            : RedisLogs.Create(RedisLogs.Options(redis.Endpoint));
        await using RunningWorker first = await RunningWorker.StartAsync(log);
        await using RunningWorker second = await RunningWorker.StartAsync(log);
        string stamp = RunningWorker.Stamp(issuedAt: Before);
        using WorkerSocket socket = await WorkerSocket.OpenAsync(second, stamp: stamp);
        long started = TimeProvider.System.GetTimestamp();
        await first.OperateAsync(HttpMethod.Post, "/internal/revocations?tenant=acme&subject=someone");
        await socket.ClosedAsync();
        TimeSpan took = TimeProvider.System.GetElapsedTime(started);
        Assert.Equal(4401, socket.CloseCode);
        // That a second is enough is `RevocationPaceTests`; this is for a machine that has much else to do.
        Assert.True(took < TimeSpan.FromSeconds(5), $"{took}");

        // One that starts later refuses it from its first request on.
        await using (RunningWorker third = await RunningWorker.StartAsync(log))
        {
            using var early = new HttpRequestMessage(HttpMethod.Get, "/v1/agents");
            (await Answer.ReadAsync(await third.SendAsync(early, stamp))).AssertProblem(401, "token_revoked");
        }

        if (redis is not null)
        {
            // What Redis lost it gets again from those who have it, and others from there.
            await redis.FlushAsync();
            await Eventually.TrueAsync("it is there again", async () =>
                (await log.Revocations.ReadAsync(default, 10, CancellationToken.None)).Changes is [_]);
        }

        Assert.True((await first.OperateAsync(HttpMethod.Delete, "/internal/revocations?tenant=acme&subject=someone"))
            .Json.GetProperty("undone").GetBoolean());
        await Eventually.TrueAsync("it is let in again", async () =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/agents");
            return (await Answer.ReadAsync(await second.SendAsync(request, stamp))).Status == 200;
        });
    }

    [Fact]
    public async Task None_slips_through_that_opens_while_it_is_revoked()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        ConnectionRegistry registry = worker.Get<ConnectionRegistry>();
        string stamp = RunningWorker.Stamp(issuedAt: Before);
        for (int round = 0; round < 20; round++)
        {
            Task<WorkerSocket?>[] opening = [.. Enumerable.Range(0, 8).Select(_ => TryOpenAsync(worker, stamp))];
            await worker.OperateAsync(HttpMethod.Post, $"/internal/revocations?tenant=acme&reason={round}");
            foreach (WorkerSocket? socket in await Task.WhenAll(opening))
            {
                if (socket is not null)
                {
                    await socket.ClosedAsync();
                    Assert.Equal(4401, socket.CloseCode);
                    socket.Dispose();
                }
            }

            await Eventually.TrueAsync("none is left", () => registry.Count == 0);
            await worker.OperateAsync(HttpMethod.Delete, "/internal/revocations?tenant=acme");
        }
    }

    [Fact]
    public async Task While_the_log_is_away_an_order_holds_where_it_was_given_and_is_stored_when_it_is_back()
    {
        await using MemoryLog log = RunningWorker.NewLog();
        await using var faulty = new FaultyLog(log);
        var store = new FaultyRevocations(log.Revocations);
        faulty.Revocations = store;
        await using RunningWorker worker = await RunningWorker.StartAsync(faulty);
        await using RunningWorker other = await RunningWorker.StartAsync(log);
        string stamp = RunningWorker.Stamp(issuedAt: Before);
        using WorkerSocket socket = await WorkerSocket.OpenAsync(worker, stamp: stamp);
        using WorkerSocket elsewhere = await WorkerSocket.OpenAsync(other, stamp: stamp);
        store.IsAway = true;

        Answer order = await worker.OperateAsync(HttpMethod.Post, "/internal/revocations?tenant=acme");
        Assert.Equal((200, 1, false), (
            order.Status, order.Json.GetProperty("disconnected").GetInt32(),
            order.Json.GetProperty("stored").GetBoolean()));
        await socket.ClosedAsync();
        Assert.Equal(4401, socket.CloseCode);
        (await worker.OperateAsync(HttpMethod.Delete, "/internal/revocations?tenant=acme"))
            .AssertProblem(503, "log_unavailable");
        Assert.Equal(0, other.Get<RevocationSet>().Count);

        store.IsAway = false;
        await elsewhere.ClosedAsync();
        Assert.Equal(4401, elsewhere.CloseCode);
    }

    [Fact]
    public async Task An_order_that_the_log_told_before_counts_whom_it_ended()
    {
        await using MemoryLog log = RunningWorker.NewLog();
        await using RunningWorker worker = await RunningWorker.StartAsync(log);
        await using RunningWorker other = await RunningWorker.StartAsync(log);
        using WorkerSocket socket = await WorkerSocket.OpenAsync(other, stamp: RunningWorker.Stamp(issuedAt: Before));
        string order = string.Create(
            CultureInfo.InvariantCulture,
            $"/internal/revocations?tenant=acme&at={TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()}");
        await worker.OperateAsync(HttpMethod.Post, order);
        await socket.ClosedAsync();
        await Eventually.TrueAsync("its own order counts it", async () =>
            (await other.OperateAsync(HttpMethod.Post, order)).Json.GetProperty("disconnected").GetInt32() == 1);
    }

    [Fact]
    public async Task A_log_that_lost_them_gets_them_again_from_who_has_them()
    {
        await using MemoryLog log = RunningWorker.NewLog();
        await using var faulty = new FaultyLog(log);
        var store = new FaultyRevocations(log.Revocations);
        faulty.Revocations = store;
        await using RunningWorker worker = await RunningWorker.StartAsync(faulty);
        await worker.OperateAsync(HttpMethod.Post, "/internal/revocations?tenant=acme&reason=x");
        await Eventually.TrueAsync("it is read", () => worker.Get<RevocationSet>().Count == 1);

        await using MemoryLog empty = RunningWorker.NewLog();
        store.Inner = empty.Revocations;
        await Eventually.TrueAsync("it is there again", async () =>
        {
            RevocationChanges read = await empty.Revocations.ReadAsync(default, 10, CancellationToken.None);
            return read.Changes is [{ Revocation.Reason: "x" }];
        });
    }

    [Fact]
    public async Task Nobody_is_let_in_before_it_is_known_who_is_revoked()
    {
        await using MemoryLog log = RunningWorker.NewLog();
        await using var faulty = new FaultyLog(log);
        var store = new FaultyRevocations(log.Revocations) { IsAway = true };
        faulty.Revocations = store;
        await using RunningWorker worker = await RunningWorker.StartAsync(faulty);
        Answer answer = await worker.GetAsync("/v1/agents");
        answer.AssertProblem(503, "no_worker");
        Assert.Equal("starting", answer.Headers["Realtime-Refused"]);
        Assert.Equal(503, (await worker.GetAsync("/readyz", tenant: null)).Status);

        store.IsAway = false;
        await Eventually.TrueAsync("it serves", async () => (await worker.GetAsync("/v1/agents")).Status == 200);
    }

    [Fact]
    public async Task Beyond_the_limit_an_operator_is_told_and_nothing_holds()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync(
            null, "--connection_plane:revocations:entries", "100");
        for (int i = 0; i < 100; i++)
        {
            Assert.Equal(200, (await worker.OperateAsync(
                HttpMethod.Post, $"/internal/revocations?tenant=t{i}")).Status);
        }

        Answer full = await worker.OperateAsync(HttpMethod.Post, "/internal/revocations?tenant=acme");
        full.AssertProblem(507, "too_many");
        Assert.Equal(200, (await worker.GetAsync("/v1/agents")).Status);
        Assert.Equal(200, (await worker.OperateAsync(HttpMethod.Post, "/internal/revocations?tenant=t7")).Status);
    }

    [Fact]
    public async Task They_are_listed_by_tenant_and_in_pages()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        foreach (string whom in (string[])["tenant=acme&subject=ann%2Fx&reason=lost", "tenant=acme", "tenant=other"])
        {
            await worker.OperateAsync(HttpMethod.Post, "/internal/revocations?" + whom);
        }

        JsonElement page = (await worker.OperateAsync(
            HttpMethod.Get, "/internal/revocations?tenant=acme&limit=1")).Json;
        JsonElement first = Assert.Single(page.GetProperty("revocations").EnumerateArray());
        Assert.Equal(("s:acme/ann/x", "ann/x", "lost", 2, true), (
            first.GetProperty("id").GetString(), first.GetProperty("subject").GetString(),
            first.GetProperty("reason").GetString(), page.GetProperty("total").GetInt32(),
            page.GetProperty("more").GetBoolean()));
        JsonElement rest = (await worker.OperateAsync(
            HttpMethod.Get, "/internal/revocations?tenant=acme&after=s%3Aacme%2Fann%2Fx")).Json;
        Assert.Equal("t:acme/", Assert.Single(rest.GetProperty("revocations").EnumerateArray())
            .GetProperty("id").GetString());
        Assert.False(rest.GetProperty("more").GetBoolean());
    }

    [Theory]
    [InlineData("POST", "", "query: tenant")]
    [InlineData("POST", "?subject=x", "query: tenant")]
    [InlineData("POST", "?tenant=acme&subject=a&token_id=b", "query: token_id")]
    [InlineData("POST", "?tenant=acme&subject=", "query: subject")]
    [InlineData("POST", "?tenant=acme&reason=a%0Ab", "query: reason")]
    [InlineData("POST", "?tenant=no%20name", "query: tenant")]
    [InlineData("POST", "?tenant=acme&tokenid=1", "query: tokenid")]
    [InlineData("DELETE", "?subject=x", "query: tenant")]
    [InlineData("GET", "?limit=0", "query: limit")]
    public async Task A_wrong_order_is_refused_and_says_where(string method, string query, string where)
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        Answer answer = await worker.OperateAsync(HttpMethod.Parse(method), "/internal/revocations" + query);
        answer.AssertProblem(400, "bad_request");
        Assert.Contains(where, answer.Places);
        Assert.Equal(0, worker.Get<RevocationSet>().Count);
    }

    private static async Task<WorkerSocket?> TryOpenAsync(RunningWorker worker, string stamp)
    {
        try
        {
            return await WorkerSocket.OpenAsync(worker, stamp: stamp);
        }
        catch (System.Net.WebSockets.WebSocketException)
        {
            return null; // Refused at the door.
        }
    }
}
