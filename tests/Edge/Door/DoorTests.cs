using System.Net;
using System.Net.WebSockets;
using Microsoft.Extensions.DependencyInjection;
using Realtime.Edge.Door;
using Realtime.Tests.Support;

namespace Realtime.Tests.Edge.Door;

/// <summary>The limits at the door of a real edge, over TLS; rates by a clock that stands.</summary>
public sealed class DoorTests : IAsyncLifetime
{
    private readonly string _token = EdgeUnderTest.Token();
    private FakeWorker _worker = null!;

    public async Task InitializeAsync() => _worker = await FakeWorker.StartAsync("w1");

    public async Task DisposeAsync() => await _worker.DisposeAsync();

    [Fact]
    public async Task Too_many_requests_of_an_address_are_refused_before_their_token_is_looked_at()
    {
        await using EdgeUnderTest edge = await StartAsync(new() { AddressRequestsPerSecond = 1 });
        using var sums = new MetricSums(edge);
        (await edge.GetAsync("/v1/events", _token)).Dispose();
        (await edge.GetAsync("/healthz")).Dispose();

        using HttpResponseMessage refused = await edge.GetAsync("/v1/events", "no token at all");

        await ProblemAssert.IsAsync(429, "rate_limited", refused);
        Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter?.Delta);
        Assert.Equal(1, sums["realtime_edge_refused_total stage=door,reason=address_request_rate"]);
        Assert.Single(_worker.Seen);
        using HttpResponseMessage admin = await edge.GetAdminAsync("/admin/limits");
        Assert.Equal(HttpStatusCode.OK, admin.StatusCode);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Too_many_new_connections_are_refused_and_open_ones_go_on(bool overHttp2)
    {
        await using EdgeUnderTest edge = await StartAsync(new() { AddressConnectionsPerSecond = 1 });
        using var sums = new MetricSums(edge);
        ClientWebSocket open = await edge.ConnectAsync("/ws/agents", _token, overHttp2);
        Assert.Equal("w1", await EdgeUnderTest.ReadTextAsync(open));
        using HttpResponseMessage stream = await edge.GetAsync("/sse/agents", _token);
        Assert.Equal(HttpStatusCode.OK, stream.StatusCode);

        ClientWebSocket refused = await edge.ConnectAsync("/ws/agents", _token, overHttp2);
        using HttpResponseMessage refusedStream = await edge.GetAsync("/sse/agents", _token);

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.HttpStatusCode);
        Assert.Equal("5", refused.HttpResponseHeaders!["Retry-After"].Single());
        await ProblemAssert.IsAsync(429, "rate_limited", refusedStream);
        Assert.Equal(2, sums["realtime_edge_refused_total stage=door,reason=address_connection_rate"]);
        using HttpResponseMessage request = await edge.GetAsync("/v1/events", _token);
        Assert.Equal(HttpStatusCode.OK, request.StatusCode);
        await open.SendAsync("still here"u8.ToArray(), WebSocketMessageType.Text, true, CancellationToken.None);
        Assert.Equal("still here", await EdgeUnderTest.ReadTextAsync(open));
    }

    [Fact]
    public async Task Connections_of_all_have_a_rate_too()
    {
        await using EdgeUnderTest edge = await StartAsync(new() { ConnectionsPerSecond = 1 });
        using var sums = new MetricSums(edge);
        (await edge.GetAsync("/sse/agents", _token)).Dispose();
        (await edge.GetAsync("/sse/agents", _token)).Dispose();

        using HttpResponseMessage refused = await edge.GetAsync("/sse/agents", _token);

        await ProblemAssert.IsAsync(429, "rate_limited", refused);
        Assert.Equal(1, sums["realtime_edge_refused_total stage=door,reason=connection_rate"]);
    }

    [Fact]
    public async Task Pages_of_other_origins_can_read_when_to_come_again()
    {
        await using EdgeUnderTest edge = await StartAsync(
            new() { AddressRequestsPerSecond = 1 },
            ("connection_plane:edge:allowed_origins:0", "https://app.example.org"));
        (await edge.GetAsync("/healthz")).Dispose();
        (await edge.GetAsync("/healthz")).Dispose();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/events");
        request.Headers.Add("Origin", "https://app.example.org");

        using HttpResponseMessage refused = await edge.Client.SendAsync(request);

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Equal("https://app.example.org", refused.Headers.GetValues("Access-Control-Allow-Origin").Single());
    }

    [Fact]
    public async Task Clients_of_a_trusted_proxy_are_told_apart_and_named_to_workers()
    {
        await using EdgeUnderTest edge = await StartAsync(
            new() { AddressRequestsPerSecond = 1 }, ("connection_plane:edge:trusted_proxies:0", "127.0.0.0/8"));
        await SendForAsync(edge, "198.51.100.1");
        await SendForAsync(edge, "203.0.113.66, 198.51.100.1");
        Assert.Equal(HttpStatusCode.TooManyRequests, await SendForAsync(edge, "198.51.100.1"));

        Assert.Equal(HttpStatusCode.OK, await SendForAsync(edge, "198.51.100.2"));
        Assert.Equal(
            ["198.51.100.1", "198.51.100.1", "198.51.100.2"],
            _worker.Seen.Select(request => request.Headers["X-Forwarded-For"]));
    }

    [Fact]
    public async Task Whoever_is_no_proxy_names_nobody()
    {
        await using EdgeUnderTest edge = await StartAsync(
            new() { AddressRequestsPerSecond = 1 }, ("connection_plane:edge:trusted_proxies:0", "192.0.2.0/24"));
        await SendForAsync(edge, "198.51.100.1");
        await SendForAsync(edge, "198.51.100.2");

        Assert.Equal(HttpStatusCode.TooManyRequests, await SendForAsync(edge, "198.51.100.3"));
        Assert.All(_worker.Seen, request => Assert.Equal("127.0.0.1", request.Headers["X-Forwarded-For"]));
    }

    [Fact]
    public async Task Sockets_beyond_the_rate_are_closed_before_TLS_and_told_of_once()
    {
        await using EdgeUnderTest edge = await StartAsync(new() { AddressHandshakesPerSecond = 2 });
        using var sums = new MetricSums(edge);
        ClientWebSocket open = await edge.ConnectAsync("/ws/agents", _token);
        Assert.Equal("w1", await EdgeUnderTest.ReadTextAsync(open));
        List<RawConnection> storm = [];
        for (int i = 0; i < 50; i++)
        {
            storm.Add(await RawConnection.ConnectAsync(edge.PublicAddress));
        }

        await Eventually.TrueAsync(
            "all but three are closed",
            () => sums["realtime_edge_refused_total stage=tls,reason=address_handshake_rate"] == 47);
        foreach (RawConnection closed in storm.Skip(3))
        {
            Assert.Empty(await closed.EverythingAsync());
        }

        Assert.Single(
            edge.Logs.Lines, line => line.Contains("closed before TLS", StringComparison.Ordinal)
                && line.Contains("address_handshake_rate, from 127.0.0.1", StringComparison.Ordinal));
        await open.SendAsync("still here"u8.ToArray(), WebSocketMessageType.Text, true, CancellationToken.None);
        Assert.Equal("still here", await EdgeUnderTest.ReadTextAsync(open));
        // The operators' listener is none of it; nor another address.
        Assert.Equal(HttpStatusCode.OK, (await edge.GetAdminAsync("/admin/edge")).StatusCode);
        await using RawConnection other = await RawConnection.ConnectTlsAsync(
            edge.PublicAddress, from: IPAddress.Parse("127.0.0.2"));
        Assert.NotNull(other.Shown);
        await Task.WhenAll(storm.Select(one => one.DisposeAsync().AsTask()));
    }

    [Fact]
    public async Task Sockets_of_an_address_are_bounded_and_their_places_come_back()
    {
        await using EdgeUnderTest edge = await StartAsync(new() { AddressSocketsMax = 2 });
        RawConnection first = await RawConnection.ConnectTlsAsync(edge.PublicAddress);
        await using RawConnection second = await RawConnection.ConnectTlsAsync(edge.PublicAddress);

        await using RawConnection third = await RawConnection.ConnectAsync(edge.PublicAddress);
        Assert.Empty(await third.EverythingAsync());

        await first.DisposeAsync();
        await Eventually.TrueAsync("the place is free again", async () =>
        {
            await using RawConnection next = await RawConnection.ConnectAsync(edge.PublicAddress);
            try
            {
                await next.ShakeHandsAsync();
                return true;
            }
            catch (IOException)
            {
                return false;
            }
        });
    }

    [Fact]
    public async Task Silent_and_dribbling_clients_hold_up_no_handshake()
    {
        await using EdgeUnderTest edge = await EdgeUnderTest.StartAsync(
            [_worker], ("connection_plane:edge:limits:handshakes_at_once_max", "1"),
            ("connection_plane:edge:limits:handshake_queue_max", "1"));
        List<RawConnection> slow = [];
        for (int i = 0; i < 20; i++)
        {
            RawConnection one = await RawConnection.ConnectAsync(edge.PublicAddress);
            slow.Add(one);
            if (i % 2 == 0)
            {
                // The beginning of a ClientHello, one at a time.
                await one.Stream.WriteAsync(new byte[] { 0x16, 0x03, 0x01 }, one.Patience);
            }
        }

        await using RawConnection quick = await RawConnection.ConnectTlsAsync(edge.PublicAddress);
        await quick.SendAsync("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 200", await quick.AnswerAsync(), StringComparison.Ordinal);
        await Task.WhenAll(slow.Select(one => one.DisposeAsync().AsTask()));
    }

    private Task<EdgeUnderTest> StartAsync(DoorOptions options, params (string Key, string Value)[] configuration) =>
        EdgeUnderTest.StartAsync(
            [(_worker.Id, _worker.Address)],
            services => services.AddSingleton(new AddressLimits(options, new ManualClock())),
            configuration);

    private async Task<HttpStatusCode> SendForAsync(EdgeUnderTest edge, string forwardedFor)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/events");
        request.Headers.Authorization = new("Bearer", _token);
        request.Headers.Add("X-Forwarded-For", forwardedFor);
        using HttpResponseMessage answer = await edge.Client.SendAsync(request);
        return answer.StatusCode;
    }
}
