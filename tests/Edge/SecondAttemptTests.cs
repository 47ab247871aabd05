using System.Net.WebSockets;

namespace Realtime.Tests.Edge;

/// <summary>What is asked again of another worker, and what never, when one breaks off or hangs.</summary>
public sealed class SecondAttemptTests : IAsyncLifetime
{
    private readonly TwoWorkers _two = new();

    public Task InitializeAsync() => _two.InitializeAsync();

    public Task DisposeAsync() => _two.DisposeAsync();

    [Fact]
    public async Task A_POST_that_a_worker_may_have_done_is_never_done_twice()
    {
        _two.First.BreaksOff = _two.Second.BreaksOff = true;
        using HttpResponseMessage answer = await _two.Edge.SendAsync(
            HttpMethod.Post, "/v1/events", _two.Token, new ByteArrayContent(new byte[1000]));

        await ProblemAssert.IsAsync(502, "bad_gateway", answer);
        Assert.Equal(1, _two.First.Seen.Count + _two.Second.Seen.Count);
    }

    [Fact]
    public async Task A_POST_that_no_worker_saw_goes_whole_to_the_next_one()
    {
        // Its viewers' home is gone, and the edge has not noticed yet.
        string home = await _two.WorkerOfAsync("/ws/terminal/t1");
        (FakeWorker gone, FakeWorker left) = _two.From(home);
        await gone.StopAsync();
        using HttpResponseMessage answer = await _two.Edge.SendAsync(
            HttpMethod.Post, "/v1/tasks/t1/terminal", _two.Token, new ByteArrayContent(new byte[100_000]));

        Assert.Equal($"{left.Id} POST 100000", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_GET_that_a_worker_broke_off_is_asked_of_the_next_one()
    {
        _two.First.BreaksOff = true;
        for (int i = 0; i < 4; i++)
        {
            using HttpResponseMessage answer = await _two.Edge.GetAsync("/v1/events", _two.Token);
            Assert.Equal("w2 GET 0", await answer.Content.ReadAsStringAsync());
        }

        Assert.False(_two.First.Seen.IsEmpty);
    }

    [Fact]
    public async Task A_connection_that_a_hanging_worker_does_not_accept_goes_to_the_next_one()
    {
        await using EdgeUnderTest edge = await _two.AnotherEdgeAsync(
            ("connection_plane:edge:forwarding:accept_timeout", "200ms"));
        await edge.WorkersAreAsync("ready", "ready");
        _two.First.Hangs = true;
        for (int i = 0; i < 4; i++)
        {
            ClientWebSocket socket = await edge.ConnectAsync($"/ws/terminal/t{i}", _two.Token);
            Assert.Equal("w2", await EdgeUnderTest.ReadTextAsync(socket));
        }

        Assert.False(_two.First.Seen.IsEmpty);
    }

    [Fact]
    public async Task A_request_that_a_worker_does_not_answer_in_time_is_504_and_not_asked_again()
    {
        await using EdgeUnderTest edge = await _two.AnotherEdgeAsync(
            ("connection_plane:edge:forwarding:answer_timeout", "1s"));
        _two.First.Hangs = _two.Second.Hangs = true;
        using HttpResponseMessage answer = await edge.GetAsync("/v1/events", _two.Token);

        await ProblemAssert.IsAsync(504, "bad_gateway", answer);
        Assert.Equal(1, _two.First.Seen.Count + _two.Second.Seen.Count);
    }
}
