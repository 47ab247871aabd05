using System.Net;
using System.Text.Json;
using Realtime.Tests.Workers.Ingest;

namespace Realtime.Tests.Edge;

/// <summary>A client that sends its body slowly wastes its own time, and nobody thinks less of the worker.</summary>
public sealed class SlowBodyTests : IAsyncLifetime
{
    private FakeWorker _worker = null!;
    private EdgeUnderTest _edge = null!;

    public async Task InitializeAsync()
    {
        _worker = await FakeWorker.StartAsync("w1");
        _edge = await EdgeUnderTest.StartAsync(
            [_worker],
            ("connection_plane:edge:forwarding:answer_timeout", "1s"),
            ("connection_plane:edge:breaker:failures_max", "1"));
        await _edge.WorkersAreAsync("ready");
    }

    public async Task DisposeAsync()
    {
        await _edge.DisposeAsync();
        await _worker.DisposeAsync();
    }

    [Fact]
    public async Task A_body_that_does_not_come_is_the_clients_fault_and_opens_no_breaker()
    {
        // HTTP/2: its answers may come before the body was sent.
        var gate = new TaskCompletionSource();
        using HttpClient client = _edge.NewClient(HttpVersion.Version20);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/events")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ChunkedContent(new byte[1000], 2, gate.Task),
        };
        request.Headers.Authorization = new("Bearer", EdgeUnderTest.Token());
        using HttpResponseMessage answer = await client.SendAsync(request);
        gate.SetResult();

        await ProblemAssert.IsAsync(408, "too_slow", answer);
        JsonElement worker = (await _edge.AdminAsync("/admin/workers")).GetProperty("workers")[0];
        Assert.Equal("closed", worker.GetProperty("breaker").GetProperty("state").GetString());
    }
}
