using System.Text.Json;
using Realtime.Tests.Support;
using Realtime.Tests.Workers.Connections;

namespace Realtime.Tests.Workers.Internal;

/// <summary>Draining a worker with real connections.</summary>
public sealed class DrainEndpointTests
{
    [Fact]
    public async Task Everybody_is_told_to_leave_closed_1012_and_the_worker_lives_and_comes_back()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        using WorkerSocket viewer = await WorkerSocket.OpenAsync(
            worker, "/ws/agents?agents=a1", RunningWorker.Stamp(edge: "e1"));
        await viewer.NextAsync("subscribed");
        using WorkerSocket producer = await WorkerSocket.OpenAsync(
            worker, "/v1/publish", RunningWorker.Stamp(edge: "e2"));
        using HttpResponseMessage stream = await worker.SendAsync(
            new HttpRequestMessage(HttpMethod.Get, "/sse/agents"), RunningWorker.Stamp(edge: "e2"));

        JsonElement before = await StatusAsync(worker);
        Assert.Equal("serving", before.GetProperty("state").GetString());
        Assert.Equal(
            """{"viewers":1,"producers":1,"streams":1}""", before.GetProperty("connections").GetRawText());
        Assert.Equal(3, before.GetProperty("places").GetProperty("used").GetInt32());
        Assert.Equal(
            """[{"edge":"e1","connections":1,"drain":null},{"edge":"e2","connections":2,"drain":null}]""",
            before.GetProperty("edges").GetRawText());

        Answer ordered = await worker.OperateAsync(HttpMethod.Post, "/internal/drain?deadline=20s&pace=1000", "e7");
        Assert.Equal(202, ordered.Status);
        JsonElement drain = ordered.Json.GetProperty("drain");
        Assert.Equal(
            (3, 1000, 1000, "e7"),
            (drain.GetProperty("connections").GetInt32(), drain.GetProperty("pace").GetInt32(),
                drain.GetProperty("asked_pace").GetInt32(), drain.GetProperty("by").GetString()));

        // The cursor, the order to leave, then the close.
        JsonElement told = await viewer.NextAsync("drain");
        Assert.InRange(told.GetProperty("delay").GetInt32(), 0, 1000);
        Assert.InRange(told.GetProperty("deadline").GetInt32(), 15_000, 20_000);
        Assert.Empty(await viewer.ClosedAsync());
        Assert.Equal(1012, viewer.CloseCode);
        Assert.Equal(["drain"], await producer.ClosedAsync());
        Assert.Equal(1012, producer.CloseCode);
        string events = await stream.Content.ReadAsStringAsync();
        Assert.Contains("event: drain", events, StringComparison.Ordinal);
        Assert.EndsWith(
            "event: close\ndata: {\"code\":1012,\"reason\":\"the worker leaves; connect again\"}\n\n", events,
            StringComparison.Ordinal);

        await Eventually.TrueAsync("it is drained", async () =>
            (await StatusAsync(worker)).GetProperty("state").GetString() == "drained");
        JsonElement after = await StatusAsync(worker);
        Assert.Equal(
            (0, 3, 0),
            (after.GetProperty("drain").GetProperty("left").GetInt32(),
                after.GetProperty("drain").GetProperty("sent").GetInt32(),
                after.GetProperty("drain").GetProperty("cut").GetInt32()));
        Assert.Equal(200, (await worker.OperateAsync(HttpMethod.Post, "/internal/drain")).Status);

        // Out of service, and alive: requests are answered.
        Answer ready = await worker.GetAsync("/readyz", tenant: null);
        Assert.Equal((503, "draining"), (ready.Status, ready.Json.GetProperty("status").GetString()));
        Assert.NotEmpty(await worker.PublishAsync(new { channel = "agents", type = "t", agent = "a1", payload = 1 }));
        using var upgrade = new HttpRequestMessage(HttpMethod.Get, "/sse/agents");
        HttpResponseMessage refused = await worker.SendAsync(upgrade, RunningWorker.Stamp());
        Assert.Equal(503, (int)refused.StatusCode);
        Assert.Equal("draining", refused.Headers.GetValues("Realtime-Refused").Single());

        Answer undrained = await worker.OperateAsync(HttpMethod.Post, "/internal/undrain");
        Assert.Equal((200, "serving"), (undrained.Status, undrained.Json.GetProperty("state").GetString()));
        Assert.Equal(JsonValueKind.Null, undrained.Json.GetProperty("drain").ValueKind);
        Assert.Equal(200, (await worker.GetAsync("/readyz", tenant: null)).Status);
        using WorkerSocket back = await WorkerSocket.OpenAsync(worker);
    }

    [Fact]
    public async Task One_edges_connections_leave_and_the_others_stay()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        using WorkerSocket leaves = await WorkerSocket.OpenAsync(worker, stamp: RunningWorker.Stamp(edge: "e1"));
        using WorkerSocket stays = await WorkerSocket.OpenAsync(worker, stamp: RunningWorker.Stamp(edge: "e2"));

        Answer ordered = await worker.OperateAsync(HttpMethod.Post, "/internal/edges/e1/drain?deadline=10s");
        Assert.Equal((202, "serving"), (ordered.Status, ordered.Json.GetProperty("state").GetString()));
        Assert.Equal(["drain"], await leaves.ClosedAsync());
        Assert.Equal(1012, leaves.CloseCode);
        await stays.SayAsync("""{"op":"ping","nonce":"1"}""");
        await stays.NextAsync("pong");
        await Eventually.TrueAsync("none of e1 is left", async () =>
            (await StatusAsync(worker)).GetProperty("edges").EnumerateArray()
                .Single(one => one.GetProperty("edge").GetString() == "e1").GetProperty("connections").GetInt32() == 0);
        Assert.Equal(200, (await worker.GetAsync("/readyz", tenant: null)).Status);
        Assert.Equal(200, (await worker.OperateAsync(HttpMethod.Post, "/internal/edges/e1/undrain")).Status);
    }

    [Fact]
    public async Task A_request_in_flight_is_answered_and_a_producer_is_answered_before_it_is_sent_away()
    {
        var log = new FaultyLog(RunningWorker.NewLog());
        await using RunningWorker worker = await RunningWorker.StartAsync(log);
        using WorkerSocket producer = await WorkerSocket.OpenAsync(worker, "/v1/publish");
        var held = new TaskCompletionSource();
        int begun = 0;
        log.AroundTerminalAppend = async (_, _, appendAsync) =>
        {
            Interlocked.Increment(ref begun);
            await held.Task;
            return await appendAsync();
        };
        await producer.SayAsync("""{"op":"append","seq":1,"task":"t1","offset":0,"data":"eA=="}""");
        Task<Answer> request = worker.PostBytesAsync("/v1/tasks/t2/terminal?offset=0", "x"u8.ToArray());
        await Eventually.TrueAsync("both are under way", () => Volatile.Read(ref begun) == 2);

        await worker.OperateAsync(HttpMethod.Post, "/internal/drain");
        Assert.Equal("drain", (await producer.NextAsync())!.Value.GetProperty("op").GetString());
        held.SetResult();

        Assert.Equal(["appended"], await producer.ClosedAsync());
        Assert.Equal(1012, producer.CloseCode);
        Assert.InRange((await request).Status, 200, 202);
    }

    private static async Task<JsonElement> StatusAsync(RunningWorker worker) =>
        (await worker.OperateAsync(HttpMethod.Get, "/internal/status")).Json;
}
