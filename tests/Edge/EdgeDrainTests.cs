using System.Net;
using System.Net.WebSockets;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Realtime.Edge.Draining;
using Realtime.Hosting.Health;
using Realtime.Tests.Support;

namespace Realtime.Tests.Edge;

/// <summary>An edge leaves service by its workers' word, and comes back.</summary>
public sealed class EdgeDrainTests : IAsyncLifetime
{
    private const string DrainPath = "POST /internal/edges/edge-1/drain";
    private const string UndrainPath = "POST /internal/edges/edge-1/undrain";

    private readonly string _token = EdgeUnderTest.Token();
    private FakeWorker _worker = null!;
    private EdgeUnderTest _edge = null!;

    public async Task InitializeAsync()
    {
        _worker = await FakeWorker.StartAsync("w1");
        _worker.Answers[DrainPath] = (202, """{"worker":"w1"}""");
        _worker.Answers["POST /internal/edges/edge-1/undrain"] = (200, """{"worker":"w1"}""");
        _edge = await EdgeUnderTest.StartAsync([_worker]);
        await _edge.WorkersAreAsync("ready");
    }

    public async Task DisposeAsync()
    {
        await _edge.DisposeAsync();
        await _worker.DisposeAsync();
    }

    [Fact]
    public async Task Connections_leave_by_the_workers_word_and_meanwhile_nothing_new_is_taken()
    {
        ClientWebSocket socket = await OpenAsync();
        JsonElement ordered = await _edge.AdminAsync("/admin/edge/drain?deadline=1m&pace=7", HttpMethod.Post, 202);
        Assert.Equal("draining", ordered.GetProperty("state").GetString());
        Assert.Equal(1, ordered.GetProperty("drain").GetProperty("connections").GetInt64());
        Assert.Equal(7, ordered.GetProperty("drain").GetProperty("pace").GetInt64());
        await Eventually.TrueAsync("the worker is asked", () => _worker.Orders.Any(
            order => order.StartsWith($"{DrainPath}?deadline=", StringComparison.Ordinal)
                && order.EndsWith("&pace=7 by edge-1", StringComparison.Ordinal)));

        ClientWebSocket refused = await _edge.ConnectAsync("/ws/agents", _token);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.HttpStatusCode);
        Assert.Equal(["1"], refused.HttpResponseHeaders!["Retry-After"]);
        using HttpResponseMessage stream = await _edge.GetAsync("/sse/agents", _token);
        await ProblemAssert.IsAsync(503, "draining", stream);
        using HttpResponseMessage request = await _edge.GetAsync("/v1/events", _token);
        Assert.Equal(HttpStatusCode.OK, request.StatusCode);
        Assert.True(request.Headers.ConnectionClose);
        using HttpResponseMessage health = await _edge.GetAsync("/readyz");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, health.StatusCode);
        using HttpResponseMessage why = await _edge.GetAdminAsync("/readyz");
        Assert.Contains("1 connections are left", await why.Content.ReadAsStringAsync());

        await _worker.CloseAllAsync(1012);
        Assert.Equal((WebSocketCloseStatus)1012, await CloseOfAsync(socket));
        await StateIsAsync("drained");
        JsonElement drain = (await _edge.AdminAsync("/admin/edge")).GetProperty("drain");
        Assert.Equal(0, drain.GetProperty("left").GetInt64());
        Assert.Equal(0, drain.GetProperty("cut").GetInt64());
        Assert.True(drain.GetProperty("workers")[0].GetProperty("ordered").GetBoolean());
        await _edge.AdminAsync("/admin/edge/drain", HttpMethod.Post);
    }

    [Fact]
    public async Task Over_HTTP2_the_client_is_refused_too_and_what_is_open_goes_on()
    {
        ClientWebSocket socket = await OpenAsync(overHttp2: true);
        await _edge.AdminAsync("/admin/edge/drain?deadline=1m", HttpMethod.Post, 202);
        ClientWebSocket refused = await _edge.ConnectAsync("/ws/agents", _token, overHttp2: true);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.HttpStatusCode);

        await socket.SendAsync("still here"u8.ToArray(), WebSocketMessageType.Text, true, CancellationToken.None);
        Assert.Equal("still here", await EdgeUnderTest.ReadTextAsync(socket));
        await _worker.CloseAllAsync(1012);
        Assert.Equal((WebSocketCloseStatus)1012, await CloseOfAsync(socket));
    }

    [Fact]
    public async Task Undone_it_serves_again_and_the_workers_are_told()
    {
        await OpenAsync();
        await _edge.AdminAsync("/admin/edge/drain?deadline=1m", HttpMethod.Post, 202);
        JsonElement undone = await _edge.AdminAsync("/admin/edge/undrain", HttpMethod.Post);

        Assert.Equal("serving", undone.GetProperty("state").GetString());
        Assert.Equal(JsonValueKind.Null, undone.GetProperty("drain").ValueKind);
        Assert.Contains("POST /internal/edges/edge-1/undrain by edge-1", _worker.Orders);
        await OpenAsync();
        await _edge.AdminAsync("/admin/edge/undrain", HttpMethod.Post);
    }

    [Fact]
    public async Task What_is_left_at_the_deadline_is_cut()
    {
        ClientWebSocket socket = await OpenAsync();
        await _edge.AdminAsync("/admin/edge/drain?deadline=1s", HttpMethod.Post, 202);

        await StateIsAsync("drained");
        Assert.Equal(1, (await _edge.AdminAsync("/admin/edge")).GetProperty("drain").GetProperty("cut").GetInt64());
        await Assert.ThrowsAsync<WebSocketException>(() => CloseOfAsync(socket));
    }

    [Fact]
    public async Task A_worker_that_did_not_take_the_order_is_asked_again()
    {
        _worker.Answers[DrainPath] = (500, """{"detail":"Not now."}""");
        ClientWebSocket socket = await OpenAsync();
        await _edge.AdminAsync("/admin/edge/drain?deadline=1m", HttpMethod.Post, 202);
        await Eventually.TrueAsync("its answer is told", async () => (await WorkersOfDrainAsync()).Any(
            worker => worker.GetProperty("error").GetString() == "It answered 500: Not now."));
        _worker.Answers[DrainPath] = (202, """{"worker":"w1"}""");

        await Eventually.TrueAsync("it has taken it", async () => (await WorkersOfDrainAsync()).Any(
            worker => worker.GetProperty("ordered").GetBoolean()));
        await _worker.CloseAllAsync(1012);
        Assert.Equal((WebSocketCloseStatus)1012, await CloseOfAsync(socket));
    }

    [Fact]
    public async Task A_worker_whose_part_was_over_too_soon_is_ordered_again()
    {
        // Of a connection that was still shaking hands it knew nothing when it took the order.
        _worker.Answers["GET /internal/status"] = (200, """{"worker":"w1","edges":[]}""");
        await OpenAsync();
        await _edge.AdminAsync("/admin/edge/drain?deadline=1m", HttpMethod.Post, 202);
        await Eventually.TrueAsync("it is ordered twice", () => Orders(DrainPath) > 1);

        // One that has some left is not: it would begin to count anew.
        _worker.Answers["GET /internal/status"] =
            (200, """{"worker":"w1","edges":[{"edge":"edge-1","connections":1,"drain":{"left":1}}]}""");
        await Eventually.TrueAsync("it is asked", () => Orders("GET /internal/status") > 3);
        int orders = Orders(DrainPath);
        int looks = Orders("GET /internal/status");
        await Eventually.TrueAsync("it is asked again", () => Orders("GET /internal/status") > looks + 1);
        Assert.Equal(orders, Orders(DrainPath));
    }

    [Fact]
    public async Task Undone_it_takes_nothing_before_the_workers_know_and_tells_those_again_that_did_not_hear()
    {
        await OpenAsync();
        await _edge.AdminAsync("/admin/edge/drain?deadline=1m", HttpMethod.Post, 202);
        await Eventually.TrueAsync("it is ordered", () => Orders(DrainPath) == 1);
        _worker.Answers[UndrainPath] = (500, """{"detail":"Not now."}""");

        // Whoever asks may go.
        using var left = new CancellationTokenSource();
        Task<HttpResponseMessage> asking = _edge.Client.SendAsync(Undrain(), left.Token);
        await Eventually.TrueAsync("it is told", () => Orders(UndrainPath) > 0);
        await left.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        JsonElement edge = await _edge.AdminAsync("/admin/edge");
        Assert.Equal("undraining", edge.GetProperty("state").GetString());
        Assert.Equal("w1", edge.GetProperty("undrain_pending")[0].GetProperty("worker").GetString());
        ClientWebSocket refused = await _edge.ConnectAsync("/ws/agents", _token);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.HttpStatusCode);

        _worker.Answers[UndrainPath] = (200, """{"worker":"w1"}""");
        await StateIsAsync("serving");
        await Eventually.TrueAsync("nobody is left", async () =>
            (await _edge.AdminAsync("/admin/edge")).GetProperty("undrain_pending").GetArrayLength() == 0);
        await OpenAsync();
        await Eventually.TrueAsync("the audit has it", () => _edge.Logs.Lines.Any(
            line => line.Contains("POST /admin/edge/undrain", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_deadline_does_not_follow_the_clock_when_it_is_set()
    {
        var clock = new ManualClock();
        var run = new EdgeDrainRun(new EdgeDrainOrder(TimeSpan.FromSeconds(30), 1, "operator"), 1, clock);
        clock.Advance(TimeSpan.FromSeconds(10));
        clock.JumpBy(TimeSpan.FromHours(1));
        Assert.Equal(TimeSpan.FromSeconds(20), run.Left);
        clock.JumpBy(TimeSpan.FromHours(-2));
        Assert.Equal(TimeSpan.FromSeconds(20), run.Left);

        run.Order(new EdgeDrainOrder(TimeSpan.FromSeconds(5), 1, "operator"));
        Assert.Equal((TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(10)), (run.Left, run.Elapsed));
    }

    [Fact]
    public async Task At_the_end_of_the_process_it_is_the_same_and_the_process_waits_for_it()
    {
        ClientWebSocket socket = await OpenAsync();
        Task stopping = _edge.StopAsync();
        await Eventually.TrueAsync("the worker is asked", () => _worker.Orders.Any(
            order => order.StartsWith(DrainPath, StringComparison.Ordinal)));
        Assert.False(stopping.IsCompleted);
        ClientWebSocket refused = await _edge.ConnectAsync("/ws/agents", _token);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.HttpStatusCode);
        using HttpResponseMessage undo = await _edge.PostAdminAsync("/admin/edge/undrain");
        await ProblemAssert.IsAsync(409, "conflict", undo);

        await _worker.CloseAllAsync(1012);
        Assert.Equal((WebSocketCloseStatus)1012, await CloseOfAsync(socket));
        await stopping.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task At_the_end_of_the_process_nobody_is_waited_for_who_will_never_leave()
    {
        _worker.Answers.Clear();
        await OpenAsync();

        await _edge.StopAsync().WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Disposed_of_by_both_of_its_names_while_it_drains_it_ends_once()
    {
        EdgeDrain drain = _edge.Services.GetRequiredService<EdgeDrain>();
        IReadinessCheck byOtherName = Assert.Single(
            _edge.Services.GetServices<IReadinessCheck>(), one => ReferenceEquals(one, drain));
        await OpenAsync();
        await _edge.AdminAsync("/admin/edge/drain?deadline=1m", HttpMethod.Post, 202);

        await drain.DisposeAsync();
        await ((IAsyncDisposable)byOtherName).DisposeAsync();
    }

    [Fact]
    public async Task A_run_may_be_disposed_of_twice()
    {
        var run = new EdgeDrainRun(new EdgeDrainOrder(TimeSpan.FromMinutes(1), 1, "test"), 1, TimeProvider.System);
        run.Task = Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, run.Stopping)
            .ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);

        await run.DisposeAsync();
        await run.DisposeAsync();
        Assert.True(run.Task.IsCompleted);
    }

    private int Orders(string path) => _worker.Orders.Count(
        order => order.StartsWith(path, StringComparison.Ordinal));

    private HttpRequestMessage Undrain() => new(HttpMethod.Post, new Uri(_edge.AdminAddress, "/admin/edge/undrain"))
    {
        Headers = { Authorization = new("Bearer", EdgeUnderTest.AdminToken) },
    };

    private async Task<ClientWebSocket> OpenAsync(bool overHttp2 = false)
    {
        ClientWebSocket socket = await _edge.ConnectAsync("/ws/agents", _token, overHttp2);
        Assert.Equal("w1", await EdgeUnderTest.ReadTextAsync(socket));
        return socket;
    }

    private async Task<JsonElement[]> WorkersOfDrainAsync() =>
        [.. (await _edge.AdminAsync("/admin/edge")).GetProperty("drain").GetProperty("workers").EnumerateArray()];

    private Task StateIsAsync(string state) => Eventually.TrueAsync(
        $"the edge is {state}",
        async () => (await _edge.AdminAsync("/admin/edge")).GetProperty("state").GetString() == state);

    private static async Task<WebSocketCloseStatus?> CloseOfAsync(ClientWebSocket socket)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        ValueWebSocketReceiveResult end = await socket.ReceiveAsync(new byte[100].AsMemory(), patience.Token);
        Assert.Equal(WebSocketMessageType.Close, end.MessageType);
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, patience.Token);
        return socket.CloseStatus;
    }
}
