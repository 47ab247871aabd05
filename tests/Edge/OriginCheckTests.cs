using System.Net;
using System.Net.WebSockets;

namespace Realtime.Tests.Edge;

/// <summary>Browsers hold WebSockets to no CORS: the edge looks at their origin itself, before any token.</summary>
public sealed class OriginCheckTests : IAsyncLifetime
{
    private const string App = "https://app.example.org";

    private readonly string _token = EdgeUnderTest.Token();
    private FakeWorker _worker = null!;
    private EdgeUnderTest _edge = null!;

    public async Task InitializeAsync()
    {
        _worker = await FakeWorker.StartAsync("w1");
        _edge = await EdgeUnderTest.StartAsync(
            [_worker], ("connection_plane:edge:allowed_origins:0", "https://APP.example.org:443/"),
            ("connection_plane:edge:public_url", "https://live.example.org"));
    }

    public async Task DisposeAsync()
    {
        await _edge.DisposeAsync();
        await _worker.DisposeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Pages_of_allowed_origins_and_the_edge_s_own_connect(bool overHttp2)
    {
        string own = $"https://{_edge.PublicAddress.Authority}";
        foreach (string? origin in new[] { App, own, "https://live.example.org", null })
        {
            ClientWebSocket socket = await ConnectAsync(_edge, origin, overHttp2);
            Assert.Equal("w1", await EdgeUnderTest.ReadTextAsync(socket));
            Assert.Equal(HttpStatusCode.OK, await StreamAsync(_edge, origin));
        }
    }

    [Theory]
    [InlineData("https://evil.example.org")]
    [InlineData("http://app.example.org")]
    [InlineData("https://app.example.org.evil.org")]
    [InlineData("https://app.example.org:8443")]
    [InlineData("https://live.example.org:1")]
    [InlineData("https://localhost")]
    [InlineData("null")]
    [InlineData("https://app.example.org, https://evil.example.org")]
    public async Task Pages_of_others_do_not_whatever_their_token(string origin)
    {
        using var sums = new MetricSums(_edge);
        foreach (bool overHttp2 in new[] { false, true })
        {
            ClientWebSocket socket = await ConnectAsync(_edge, origin, overHttp2);
            Assert.Equal(HttpStatusCode.Forbidden, socket.HttpStatusCode);
        }

        using var request = new HttpRequestMessage(HttpMethod.Get, "/sse/agents");
        request.Headers.Add("Origin", origin);
        using HttpResponseMessage answer = await _edge.Client.SendAsync(request);

        // Without a token: the origin is what it is refused for.
        await ProblemAssert.IsAsync(403, "origin_not_allowed", answer);
        Assert.Equal(3, sums["realtime_edge_refused_total stage=origins,reason=origin"]);
        Assert.Empty(_worker.Seen);
        Assert.DoesNotContain(_edge.Logs.Lines, line => line.Contains(origin, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Two_origins_are_none()
    {
        await using RawConnection client = await RawConnection.ConnectTlsAsync(_edge.PublicAddress);
        await client.SendAsync(
            $"GET /sse/agents HTTP/1.1\r\nHost: localhost\r\nOrigin: {App}\r\nOrigin: {App}\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 403 ", await client.AnswerAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_star_lets_all_in()
    {
        await using EdgeUnderTest edge = await EdgeUnderTest.StartAsync(
            [_worker], ("connection_plane:edge:allowed_origins:0", "*"));

        foreach (string origin in new[] { "https://evil.example.org", "null" })
        {
            ClientWebSocket socket = await ConnectAsync(edge, origin, overHttp2: false);
            Assert.Equal("w1", await EdgeUnderTest.ReadTextAsync(socket));
        }
    }

    private Task<ClientWebSocket> ConnectAsync(EdgeUnderTest edge, string? origin, bool overHttp2) => edge.ConnectAsync(
        "/ws/agents", _token, overHttp2, options =>
        {
            if (origin is not null)
            {
                options.SetRequestHeader("Origin", origin);
            }
        });

    private async Task<HttpStatusCode> StreamAsync(EdgeUnderTest edge, string? origin)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/sse/agents");
        request.Headers.Authorization = new("Bearer", _token);
        if (origin is not null)
        {
            request.Headers.Add("Origin", origin);
        }

        using HttpResponseMessage answer = await edge.Client.SendAsync(
            request, HttpCompletionOption.ResponseHeadersRead);
        return answer.StatusCode;
    }
}
