using Realtime.Tests.Support;

namespace Realtime.Tests.Edge;

/// <summary>Every stage says what came in, what went on, and what was refused why.</summary>
public sealed class EdgeMetricsTests
{
    [Fact]
    public async Task Requests_refusals_attempts_and_open_connections_are_counted()
    {
        await using FakeWorker worker = await FakeWorker.StartAsync("w1");
        await using EdgeUnderTest edge = await EdgeUnderTest.StartAsync(
            [worker], ("connection_plane:edge:limits:subject_connections_max", "1"));
        using var sums = new MetricSums(edge);

        using HttpResponseMessage missing = await edge.GetAsync("/v1/events");
        using HttpResponseMessage expired = await edge.GetAsync("/v1/events", TestTokens.Make(expiresIn: -3600));
        using HttpResponseMessage answered = await edge.GetAsync("/v1/events", EdgeUnderTest.Token());
        using (HttpResponseMessage open = await edge.GetAsync("/sse/agents", EdgeUnderTest.Token()))
        {
            using HttpResponseMessage refused = await edge.GetAsync("/sse/agents", EdgeUnderTest.Token());
            Assert.Equal(1, sums["realtime_edge_connections kind=event_stream"]);
        }

        await Eventually.TrueAsync(
            "the stream is closed", () => sums["realtime_edge_connections kind=event_stream"] == 0);
        await Eventually.TrueAsync(
            "both attempts are counted", () => sums["realtime_edge_forward_attempts_total outcome=answered"] == 2);
        Assert.Equal(3, sums["realtime_edge_requests_total kind=request"]);
        Assert.Equal(2, sums["realtime_edge_requests_total kind=event_stream"]);
        Assert.Equal(1, sums["realtime_edge_refused_total stage=auth,reason=missing"]);
        Assert.Equal(1, sums["realtime_edge_refused_total stage=auth,reason=expired"]);
        Assert.Equal(1, sums["realtime_edge_refused_total stage=limits,reason=subject_connections"]);
    }
}
