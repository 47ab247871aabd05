using System.Net;
using System.Net.WebSockets;

namespace Realtime.Tests.Edge;

/// <summary>Workers that refuse what they are asked for: another is asked, and the client sees nothing of it.</summary>
public sealed class RefusalTests : IAsyncLifetime
{
    private readonly TwoWorkers _two = new();

    public Task InitializeAsync() => _two.InitializeAsync();

    public Task DisposeAsync() => _two.DisposeAsync();

    [Fact]
    public async Task A_worker_that_cannot_believe_the_stamps_time_is_passed_over()
    {
        string home = await _two.WorkerOfAsync("/ws/terminal/t1");
        (FakeWorker wrong, FakeWorker right) = _two.From(home);
        wrong.TellsTime = false;
        wrong.ClockAhead = TimeSpan.FromMinutes(-6);
        await using EdgeUnderTest edge = await _two.AnotherEdgeAsync();
        await edge.WorkersAreAsync("ready", "ready");
        foreach (string path in new[] { "/v1/tasks/t1/terminal", "/v1/tasks/t2/terminal", "/v1/tasks/t3/terminal" })
        {
            using HttpResponseMessage answer = await edge.GetAsync(path, _two.Token);
            Assert.Equal(right.Id, answer.Headers.GetValues("Worker").Single());
        }

        Assert.NotEmpty(wrong.Seen);
    }

    [Fact]
    public async Task A_refused_connection_goes_to_the_next_worker_unseen_by_the_client()
    {
        _two.First.Refuses = true;
        for (int i = 0; i < 6; i++)
        {
            Assert.Equal("w2", await _two.WorkerOfAsync($"/ws/terminal/t{i}"));
            using HttpResponseMessage answer = await _two.Edge.GetAsync("/v1/events", _two.Token);
            Assert.Equal("w2", answer.Headers.GetValues("Worker").Single());
        }

        Assert.False(_two.First.Seen.IsEmpty);
    }

    [Fact]
    public async Task Workers_full_of_connections_go_on_taking_requests()
    {
        await using EdgeUnderTest edge = await _two.EdgeThatProbedOnceAsync();
        _two.First.IsFull = _two.Second.IsFull = true;
        for (int i = 0; i < 6; i++)
        {
            ClientWebSocket socket = await edge.ConnectAsync($"/ws/terminal/t{i}", _two.Token);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, socket.HttpStatusCode);
            using HttpResponseMessage answer = await edge.GetAsync("/v1/events", _two.Token);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        Assert.Equal((9, 9), (_two.First.Seen.Count, _two.Second.Seen.Count));
        _two.Second.IsFull = false;
        Assert.Equal("w2", await EdgeUnderTest.ReadTextAsync(await edge.ConnectAsync("/ws/terminal/t1", _two.Token)));
    }

    [Fact]
    public async Task A_worker_of_another_role_is_passed_over_and_not_rested()
    {
        await using EdgeUnderTest edge = await _two.EdgeThatProbedOnceAsync();
        _two.First.HasOtherRole = true;
        for (int i = 0; i < 6; i++)
        {
            using HttpResponseMessage answer = await edge.GetAsync("/v1/events", _two.Token);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        // Asked first about every other time, though it refused before: it serves the rest.
        Assert.InRange(_two.First.Seen.Count, 2, 6);
        Assert.Equal(6, _two.Second.Seen.Count);
    }

    [Fact]
    public async Task Refused_by_all_is_503_with_nothing_of_the_refusal_in_it()
    {
        _two.First.Refuses = _two.Second.Refuses = true;
        using HttpResponseMessage answer = await _two.Edge.GetAsync("/v1/events", _two.Token);

        await ProblemAssert.IsAsync(503, "no_worker", answer);
        Assert.False(answer.Headers.Contains("Realtime-Refused"));
    }
}
