using System.Diagnostics;
using System.Net;
using System.Net.WebSockets;
using Realtime.Tests.Support;

namespace Realtime.Tests.Edge;

/// <summary>Workers go, hang and come back.</summary>
public sealed class FailoverTests : IAsyncLifetime
{
    private readonly TwoWorkers _two = new();

    public Task InitializeAsync() => _two.InitializeAsync();

    public Task DisposeAsync() => _two.DisposeAsync();

    [Fact]
    public async Task Connections_of_one_key_meet_on_one_worker_and_keys_spread()
    {
        var workers = new HashSet<string>();
        for (int task = 0; task < 8; task++)
        {
            string viewer = await _two.WorkerOfAsync($"/ws/terminal/t{task}");
            string other = await _two.WorkerOfAsync($"/ws/terminal/t{task}?from=start");
            using HttpResponseMessage producer = await _two.Edge.SendAsync(
                HttpMethod.Post, $"/v1/tasks/t{task}/terminal", _two.Token, new ByteArrayContent([1]));

            Assert.Equal(viewer, other);
            Assert.Equal(viewer, producer.Headers.GetValues("Worker").Single());
            workers.Add(viewer);
        }

        Assert.Equal(2, workers.Count);
    }

    [Fact]
    public async Task A_worker_that_is_gone_costs_its_viewers_no_more_than_a_reconnect()
    {
        string home = await _two.WorkerOfAsync("/ws/terminal/t1");
        (FakeWorker gone, FakeWorker left) = _two.From(home);
        await gone.StopAsync();
        long startedAt = Stopwatch.GetTimestamp();

        string next = await _two.WorkerOfAsync("/ws/terminal/t1");

        Assert.Equal(left.Id, next);
        Assert.True(Stopwatch.GetElapsedTime(startedAt) < TimeSpan.FromSeconds(2));
    }

    [Fact]
    public async Task Without_any_worker_the_answer_is_503_within_a_second_and_says_when_to_come_again()
    {
        await _two.First.StopAsync();
        await _two.Second.StopAsync();
        foreach (string path in new[] { "/v1/events", "/v1/tasks/t1/terminal" })
        {
            long startedAt = Stopwatch.GetTimestamp();
            using HttpResponseMessage answer = await _two.Edge.GetAsync(path, _two.Token);

            await ProblemAssert.IsAsync(503, "no_worker", answer);
            Assert.Equal(TimeSpan.FromSeconds(1), answer.Headers.RetryAfter?.Delta);
            Assert.True(Stopwatch.GetElapsedTime(startedAt) < TimeSpan.FromSeconds(1));
        }

        await Eventually.TrueAsync(
            "the edge is not ready",
            async () => (await _two.Edge.GetAsync("/readyz")).StatusCode == HttpStatusCode.ServiceUnavailable);
        ClientWebSocket socket = await _two.Edge.ConnectAsync("/ws/agents", _two.Token);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, socket.HttpStatusCode);
    }

    [Fact]
    public async Task Where_no_worker_is_available_those_are_asked_that_only_an_attempt_found_wanting()
    {
        await using EdgeUnderTest edge = await _two.EdgeThatProbedOnceAsync();
        await _two.First.StopAsync();
        await _two.Second.StopAsync();
        using HttpResponseMessage refused = await edge.GetAsync("/v1/events", _two.Token);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        await using FakeWorker back = await _two.Second.RestartAsync();

        using HttpResponseMessage answer = await edge.GetAsync("/v1/events", _two.Token);
        Assert.Equal("w2", answer.Headers.GetValues("Worker").Single());
    }

    [Fact]
    public async Task Workers_that_stay_silent_are_not_waited_for()
    {
        await using EdgeUnderTest edge = await _two.AnotherEdgeAsync(
            ("connection_plane:edge:forwarding:probe_timeout", "50ms"));
        _two.First.IsMute = _two.Second.IsMute = true;
        await Eventually.TrueAsync("nobody is asked", async () =>
        {
            using HttpResponseMessage answer = await edge.GetAsync("/v1/events", _two.Token);
            return answer.StatusCode == HttpStatusCode.ServiceUnavailable;
        });
        int seen = _two.First.Seen.Count + _two.Second.Seen.Count;

        using HttpResponseMessage refused = await edge.GetAsync("/v1/events", _two.Token);
        await ProblemAssert.IsAsync(503, "no_worker", refused);
        Assert.Equal(seen, _two.First.Seen.Count + _two.Second.Seen.Count);
    }

    [Fact]
    public async Task Workers_that_all_drain_are_not_asked()
    {
        _two.First.Status = _two.Second.Status = "draining";
        await _two.Edge.WorkersAreAsync("draining", "draining");
        using HttpResponseMessage answer = await _two.Edge.GetAsync("/v1/events", _two.Token);

        await ProblemAssert.IsAsync(503, "no_worker", answer);
        Assert.Equal(0, _two.First.Seen.Count + _two.Second.Seen.Count);
    }

    [Fact]
    public async Task A_worker_that_comes_back_is_used_again()
    {
        await _two.First.StopAsync();
        await _two.Edge.WorkersAreAsync("unreachable", "ready");
        await using FakeWorker back = await _two.First.RestartAsync();
        await _two.Edge.WorkersAreAsync("ready", "ready");

        await Eventually.TrueAsync("the worker is used again", async () =>
        {
            using HttpResponseMessage answer = await _two.Edge.GetAsync("/v1/events", _two.Token);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            return answer.Headers.GetValues("Worker").Single() == "w1";
        });
    }

    [Fact]
    public async Task A_draining_worker_gets_nothing_new()
    {
        _two.First.Status = "draining";
        await _two.Edge.WorkersAreAsync("draining", "ready");
        for (int i = 0; i < 6; i++)
        {
            Assert.Equal("w2", await _two.WorkerOfAsync($"/ws/terminal/t{i}"));
        }

        Assert.True(_two.First.Seen.IsEmpty);
    }

    [Fact]
    public async Task Plain_requests_go_to_the_workers_in_turns()
    {
        for (int i = 0; i < 10; i++)
        {
            using HttpResponseMessage answer = await _two.Edge.GetAsync("/v1/events", _two.Token);
        }

        Assert.Equal((5, 5), (_two.First.Seen.Count, _two.Second.Seen.Count));
    }

    [Fact]
    public async Task An_address_where_nobody_listens_is_no_worker()
    {
        string dead = _two.First.Address;
        await _two.First.StopAsync();
        await using EdgeUnderTest edge = await EdgeUnderTest.StartAsync([("w1", dead)]);
        using HttpResponseMessage answer = await edge.SendAsync(
            HttpMethod.Post, "/v1/events", _two.Token, new ByteArrayContent([1, 2, 3]));

        await ProblemAssert.IsAsync(503, "no_worker", answer);
    }
}
