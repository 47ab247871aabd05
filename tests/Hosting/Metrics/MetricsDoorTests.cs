using System.Net;
using System.Net.Http.Headers;
using Realtime.Tests.Edge;
using Realtime.Tests.Workers;

namespace Realtime.Tests.Hosting.Metrics;

/// <summary>Who may read the metrics of an edge and of a worker, and that they open nothing else.</summary>
public sealed class MetricsDoorTests
{
    private const string Token = "a-token-of-prometheus-0123456789";

    [Fact]
    public async Task An_edge_shows_them_to_operators_and_to_readers_on_the_operators_port_alone()
    {
        await using FakeWorker worker = await FakeWorker.StartAsync("w1");
        await using EdgeUnderTest edge = await EdgeUnderTest.StartAsync(
            [worker], ("telemetry:metrics:token", Token));

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(edge, HttpMethod.Get, "/metrics", null));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(edge, HttpMethod.Get, "/metrics", Token + "x"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(edge, HttpMethod.Get, "/metrics", Token));
        Assert.Equal(
            HttpStatusCode.OK, await StatusAsync(edge, HttpMethod.Get, "/metrics", EdgeUnderTest.AdminToken));
        foreach ((HttpMethod method, string path) in ((HttpMethod, string)[])
            [
                (HttpMethod.Get, "/admin/workers"), (HttpMethod.Post, "/admin/edge/drain"), (HttpMethod.Get, "/readyz"),
                (HttpMethod.Post, "/metrics"), (HttpMethod.Get, "/metrics/"),
                (HttpMethod.Get, "/METRICS/../admin/edge"),
            ])
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(edge, method, path, Token));
        }

        foreach (string? token in (string?[])[null, Token, EdgeUnderTest.AdminToken, EdgeUnderTest.Token()])
        {
            using HttpResponseMessage answer = await edge.GetAsync("/metrics", token);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }

        Assert.DoesNotContain(
            worker.Seen, static one => one.PathAndQuery.Contains("metrics", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_a_token_of_readers_an_edge_shows_them_to_operators_alone()
    {
        await using EdgeUnderTest edge = await EdgeUnderTest.StartAsync([("w1", "http://127.0.0.1:1")]);

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(edge, HttpMethod.Get, "/metrics", Token));
        using HttpResponseMessage answer = await edge.GetAdminAsync("/metrics");
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", answer.Content.Headers.ContentType!.ToString());
    }

    [Fact]
    public async Task A_worker_shows_them_to_all_who_reach_it_unless_readers_have_a_token()
    {
        await using RunningWorker open = await RunningWorker.StartAsync();
        await using RunningWorker guarded = await RunningWorker.StartAsync(
            null, "--telemetry:metrics:token", Token);

        Assert.Equal(200, (await open.GetAsync("/metrics", tenant: null)).Status);
        Assert.Equal(401, (await guarded.GetAsync("/metrics", tenant: null)).Status);
        Assert.Equal(401, (await guarded.GetAsync("/metrics")).Status);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        using HttpResponseMessage answer = await guarded.SendAsync(request, stamp: null);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Tokens_of_a_file_are_all_good()
    {
        string file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, $"{Token}\nanother-{Token}\n");
            await using EdgeUnderTest edge = await EdgeUnderTest.StartAsync(
                [("w1", "http://127.0.0.1:1")], ("telemetry:metrics:token_file", file));

            Assert.Equal(HttpStatusCode.OK, await StatusAsync(edge, HttpMethod.Get, "/metrics", $"another-{Token}"));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task Where_they_are_off_nothing_is_kept_and_the_answer_says_so()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync(
            null, "--telemetry:metrics:enabled", "false");

        Answer answer = await worker.GetAsync("/metrics", tenant: null);

        Assert.Equal(404, answer.Status);
        Assert.Contains(
            "telemetry:metrics:enabled", answer.Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    private static async Task<HttpStatusCode> StatusAsync(
        EdgeUnderTest edge, HttpMethod method, string path, string? token)
    {
        using HttpResponseMessage answer = await edge.SendAsync(method, path, token, on: edge.AdminAddress);
        return answer.StatusCode;
    }
}
