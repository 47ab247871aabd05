using System.Diagnostics;
using System.Net;
using System.Net.WebSockets;
using Realtime.Tests.Support;

namespace Realtime.Tests.Edge;

/// <summary>Workers go, refuse, break off, hang and come back.</summary>
public sealed class FailoverTests : IAsyncLifetime
{
    private readonly string _token = EdgeUnderTest.Token();
    private FakeWorker _first = null!;
    private FakeWorker _second = null!;
    private EdgeUnderTest _edge = null!;

    public async Task InitializeAsync()
    {
        _first = await FakeWorker.StartAsync("w1");
        _second = await FakeWorker.StartAsync("w2");
        _edge = await EdgeUnderTest.StartAsync([_first, _second]);
        await _edge.WorkersAreAsync("ready", "ready");
    }

    public async Task DisposeAsync()
    {
        await _edge.DisposeAsync();
        await _first.DisposeAsync();
        await _second.DisposeAsync();
    }

    [Fact]
    public async Task Connections_of_one_key_meet_on_one_worker_and_keys_spread()
    {
        var workers = new HashSet<string>();
        for (int task = 0; task < 8; task++)
        {
            string viewer = await WorkerOfAsync($"/ws/terminal/t{task}");
            string other = await WorkerOfAsync($"/ws/terminal/t{task}?from=start");
            using HttpResponseMessage producer = await _edge.SendAsync(
                HttpMethod.Post, $"/v1/tasks/t{task}/terminal", _token, new ByteArrayContent([1]));

            Assert.Equal(viewer, other);
            Assert.Equal(viewer, producer.Headers.GetValues("Worker").Single());
            workers.Add(viewer);
        }

        Assert.Equal(2, workers.Count);
    }

    [Fact]
    public async Task A_worker_that_cannot_believe_the_stamps_time_is_passed_over()
    {
        string home = await WorkerOfAsync("/ws/terminal/t1");
        (FakeWorker wrong, FakeWorker right) = home == "w1" ? (_first, _second) : (_second, _first);
        wrong.TellsTime = false;
        wrong.ClockAhead = TimeSpan.FromMinutes(-6);
        await using EdgeUnderTest edge = await EdgeUnderTest.StartAsync([_first, _second]);
        await edge.WorkersAreAsync("ready", "ready");
        foreach (string path in new[] { "/v1/tasks/t1/terminal", "/v1/tasks/t2/terminal", "/v1/tasks/t3/terminal" })
        {
            using HttpResponseMessage answer = await edge.GetAsync(path, _token);
            Assert.Equal(right.Id, answer.Headers.GetValues("Worker").Single());
        }

        Assert.NotEmpty(wrong.Seen);
    }

    [Fact]
    public async Task A_worker_that_is_gone_costs_its_viewers_no_more_than_a_reconnect()
    {
        string home = await WorkerOfAsync("/ws/terminal/t1");
        (FakeWorker gone, FakeWorker left) = home == "w1" ? (_first, _second) : (_second, _first);
        await gone.StopAsync();
        long startedAt = Stopwatch.GetTimestamp();

        string next = await WorkerOfAsync("/ws/terminal/t1");

        Assert.Equal(left.Id, next);
        Assert.True(Stopwatch.GetElapsedTime(startedAt) < TimeSpan.FromSeconds(2));
    }

    [Fact]
    public async Task Without_any_worker_the_answer_is_503_within_a_second_and_says_when_to_come_again()
    {
        await _first.StopAsync();
        await _second.StopAsync();
        foreach (string path in new[] { "/v1/events", "/v1/tasks/t1/terminal" })
        {
            long startedAt = Stopwatch.GetTimestamp();
            using HttpResponseMessage answer = await _edge.GetAsync(path, _token);

            await ProblemAssert.IsAsync(503, "no_worker", answer);
            Assert.Equal(TimeSpan.FromSeconds(1), answer.Headers.RetryAfter?.Delta);
            Assert.True(Stopwatch.GetElapsedTime(startedAt) < TimeSpan.FromSeconds(1));
        }

        await Eventually.TrueAsync(
            "the edge is not ready",
            async () => (await _edge.GetAsync("/readyz")).StatusCode == HttpStatusCode.ServiceUnavailable);
        ClientWebSocket socket = await _edge.ConnectAsync("/ws/agents", _token);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, socket.HttpStatusCode);
    }

    [Fact]
    public async Task Where_no_worker_is_available_those_are_asked_that_only_an_attempt_found_wanting()
    {
        await using EdgeUnderTest edge = await EdgeUnderTest.StartAsync(
            [_first, _second], ("connection_plane:edge:forwarding:probe_interval", "1m"));
        await edge.WorkersAreAsync("ready", "ready");
        await _first.StopAsync();
        await _second.StopAsync();
        using HttpResponseMessage refused = await edge.GetAsync("/v1/events", _token);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        await using FakeWorker back = await _second.RestartAsync();

        using HttpResponseMessage answer = await edge.GetAsync("/v1/events", _token);
        Assert.Equal("w2", answer.Headers.GetValues("Worker").Single());
    }

    [Fact]
    public async Task Workers_that_stay_silent_are_not_waited_for()
    {
        await using EdgeUnderTest edge = await EdgeUnderTest.StartAsync(
            [_first, _second], ("connection_plane:edge:forwarding:probe_timeout", "50ms"));
        _first.IsMute = _second.IsMute = true;
        await Eventually.TrueAsync("nobody is asked", async () =>
        {
            using HttpResponseMessage answer = await edge.GetAsync("/v1/events", _token);
            return answer.StatusCode == HttpStatusCode.ServiceUnavailable;
        });
        int seen = _first.Seen.Count + _second.Seen.Count;

        using HttpResponseMessage refused = await edge.GetAsync("/v1/events", _token);
        await ProblemAssert.IsAsync(503, "no_worker", refused);
        Assert.Equal(seen, _first.Seen.Count + _second.Seen.Count);
    }

    [Fact]
    public async Task Workers_that_all_drain_are_not_asked()
    {
        _first.Status = _second.Status = "draining";
        await _edge.WorkersAreAsync("draining", "draining");
        using HttpResponseMessage answer = await _edge.GetAsync("/v1/events", _token);

        await ProblemAssert.IsAsync(503, "no_worker", answer);
        Assert.Equal(0, _first.Seen.Count + _second.Seen.Count);
    }

    [Fact]
    public async Task A_worker_that_comes_back_is_used_again()
    {
        await _first.StopAsync();
        await _edge.WorkersAreAsync("unreachable", "ready");
        await using FakeWorker back = await _first.RestartAsync();
        await _edge.WorkersAreAsync("ready", "ready");

        await Eventually.TrueAsync("the worker is used again", async () =>
        {
            using HttpResponseMessage answer = await _edge.GetAsync("/v1/events", _token);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            return answer.Headers.GetValues("Worker").Single() == "w1";
        });
    }

    [Fact]
    public async Task A_refused_connection_goes_to_the_next_worker_unseen_by_the_client()
    {
        _first.Refuses = true;
        for (int i = 0; i < 6; i++)
        {
            Assert.Equal("w2", await WorkerOfAsync($"/ws/terminal/t{i}"));
            using HttpResponseMessage answer = await _edge.GetAsync("/v1/events", _token);
            Assert.Equal("w2", answer.Headers.GetValues("Worker").Single());
        }

        Assert.False(_first.Seen.IsEmpty);
    }

    [Fact]
    public async Task Workers_full_of_connections_go_on_taking_requests()
    {
        await using EdgeUnderTest edge = await EdgeUnderTest.StartAsync(
            [_first, _second], ("connection_plane:edge:forwarding:probe_interval", "1m"));
        await edge.WorkersAreAsync("ready", "ready");
        _first.IsFull = _second.IsFull = true;
        for (int i = 0; i < 6; i++)
        {
            ClientWebSocket socket = await edge.ConnectAsync($"/ws/terminal/t{i}", _token);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, socket.HttpStatusCode);
            using HttpResponseMessage answer = await edge.GetAsync("/v1/events", _token);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        Assert.Equal((9, 9), (_first.Seen.Count, _second.Seen.Count));
        _second.IsFull = false;
        Assert.Equal("w2", await EdgeUnderTest.ReadTextAsync(await edge.ConnectAsync("/ws/terminal/t1", _token)));
    }

    [Fact]
    public async Task A_worker_of_another_role_is_passed_over_and_not_rested()
    {
        await using EdgeUnderTest edge = await EdgeUnderTest.StartAsync(
            [_first, _second], ("connection_plane:edge:forwarding:probe_interval", "1m"));
        await edge.WorkersAreAsync("ready", "ready");
        _first.HasOtherRole = true;
        for (int i = 0; i < 6; i++)
        {
            using HttpResponseMessage answer = await edge.GetAsync("/v1/events", _token);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        // Asked first about every other time, though it refused before: it serves the rest.
        Assert.InRange(_first.Seen.Count, 2, 6);
        Assert.Equal(6, _second.Seen.Count);
    }

    [Fact]
    public async Task Refused_by_all_is_503_with_nothing_of_the_refusal_in_it()
    {
        _first.Refuses = _second.Refuses = true;
        using HttpResponseMessage answer = await _edge.GetAsync("/v1/events", _token);

        await ProblemAssert.IsAsync(503, "no_worker", answer);
        Assert.False(answer.Headers.Contains("Realtime-Refused"));
    }

    [Fact]
    public async Task A_draining_worker_gets_nothing_new()
    {
        _first.Status = "draining";
        await _edge.WorkersAreAsync("draining", "ready");
        for (int i = 0; i < 6; i++)
        {
            Assert.Equal("w2", await WorkerOfAsync($"/ws/terminal/t{i}"));
        }

        Assert.True(_first.Seen.IsEmpty);
    }

    [Fact]
    public async Task A_POST_that_a_worker_may_have_done_is_never_done_twice()
    {
        _first.BreaksOff = _second.BreaksOff = true;
        using HttpResponseMessage answer = await _edge.SendAsync(
            HttpMethod.Post, "/v1/events", _token, new ByteArrayContent(new byte[1000]));

        await ProblemAssert.IsAsync(502, "bad_gateway", answer);
        Assert.Equal(1, _first.Seen.Count + _second.Seen.Count);
    }

    [Fact]
    public async Task A_POST_that_no_worker_saw_goes_whole_to_the_next_one()
    {
        // Its viewers' home is gone, and the edge has not noticed yet.
        string home = await WorkerOfAsync("/ws/terminal/t1");
        (FakeWorker gone, FakeWorker left) = home == "w1" ? (_first, _second) : (_second, _first);
        await gone.StopAsync();
        using HttpResponseMessage answer = await _edge.SendAsync(
            HttpMethod.Post, "/v1/tasks/t1/terminal", _token, new ByteArrayContent(new byte[100_000]));

        Assert.Equal($"{left.Id} POST 100000", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_GET_that_a_worker_broke_off_is_asked_of_the_next_one()
    {
        _first.BreaksOff = true;
        for (int i = 0; i < 4; i++)
        {
            using HttpResponseMessage answer = await _edge.GetAsync("/v1/events", _token);
            Assert.Equal("w2 GET 0", await answer.Content.ReadAsStringAsync());
        }

        Assert.False(_first.Seen.IsEmpty);
    }

    [Fact]
    public async Task A_connection_that_a_hanging_worker_does_not_accept_goes_to_the_next_one()
    {
        await using EdgeUnderTest edge = await EdgeUnderTest.StartAsync(
            [_first, _second], ("connection_plane:edge:forwarding:accept_timeout", "200ms"));
        await edge.WorkersAreAsync("ready", "ready");
        _first.Hangs = true;
        for (int i = 0; i < 4; i++)
        {
            ClientWebSocket socket = await edge.ConnectAsync($"/ws/terminal/t{i}", _token);
            Assert.Equal("w2", await EdgeUnderTest.ReadTextAsync(socket));
        }

        Assert.False(_first.Seen.IsEmpty);
    }

    [Fact]
    public async Task A_request_that_a_worker_does_not_answer_in_time_is_504_and_not_asked_again()
    {
        await using EdgeUnderTest edge = await EdgeUnderTest.StartAsync(
            [_first, _second], ("connection_plane:edge:forwarding:answer_timeout", "1s"));
        _first.Hangs = _second.Hangs = true;
        using HttpResponseMessage answer = await edge.GetAsync("/v1/events", _token);

        await ProblemAssert.IsAsync(504, "bad_gateway", answer);
        Assert.Equal(1, _first.Seen.Count + _second.Seen.Count);
    }

    [Fact]
    public async Task Plain_requests_go_to_the_workers_in_turns()
    {
        for (int i = 0; i < 10; i++)
        {
            using HttpResponseMessage answer = await _edge.GetAsync("/v1/events", _token);
        }

        Assert.Equal((5, 5), (_first.Seen.Count, _second.Seen.Count));
    }

    [Fact]
    public async Task An_address_where_nobody_listens_is_no_worker()
    {
        string dead = _first.Address;
        await _first.StopAsync();
        await using EdgeUnderTest edge = await EdgeUnderTest.StartAsync([("w1", dead)]);
        using HttpResponseMessage answer = await edge.SendAsync(
            HttpMethod.Post, "/v1/events", _token, new ByteArrayContent([1, 2, 3]));

        await ProblemAssert.IsAsync(503, "no_worker", answer);
    }

    private async Task<string> WorkerOfAsync(string path)
    {
        ClientWebSocket socket = await _edge.ConnectAsync(path, _token);
        Assert.Equal(WebSocketState.Open, socket.State);
        return await EdgeUnderTest.ReadTextAsync(socket);
    }
}
