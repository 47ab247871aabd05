using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Realtime.Tests.Support;

namespace Realtime.Tests.Edge;

/// <summary>What travels through an open connection, and how many may be open.</summary>
public sealed class ConnectionTests : IAsyncLifetime
{
    private readonly string _token = EdgeUnderTest.Token();
    private FakeWorker _worker = null!;
    private EdgeUnderTest _edge = null!;

    public async Task InitializeAsync()
    {
        _worker = await FakeWorker.StartAsync("w1");
        _edge = await EdgeUnderTest.StartAsync(
            [_worker],
            ("connection_plane:edge:limits:subject_connections_max", "2"),
            ("connection_plane:edge:limits:tenant_connections_max", "3"),
            ("connection_plane:edge:limits:connections_max", "4"),
            ("connection_plane:edge:listener:request_body_bytes_max", "10000"));
        await _edge.WorkersAreAsync("ready");
    }

    public async Task DisposeAsync()
    {
        await _edge.DisposeAsync();
        await _worker.DisposeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Large_messages_come_back_as_they_were_sent(bool overHttp2)
    {
        ClientWebSocket socket = await _edge.ConnectAsync("/ws/agents", _token, overHttp2);
        Assert.Equal("w1", await EdgeUnderTest.ReadTextAsync(socket));
        string sent = Convert.ToHexString(RandomNumberGenerator.GetBytes(1_000_000));
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20), TimeProvider.System);

        Task<string> received = EdgeUnderTest.ReadTextAsync(socket);
        await socket.SendAsync(Encoding.UTF8.GetBytes(sent), WebSocketMessageType.Text, true, patience.Token);

        Assert.Equal(sent, await received);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_close_of_the_worker_reaches_the_client_with_its_code_and_reason(bool overHttp2)
    {
        ClientWebSocket socket = await _edge.ConnectAsync("/ws/agents", _token, overHttp2);
        await EdgeUnderTest.ReadTextAsync(socket);
        await socket.SendAsync("close 4408 silent"u8.ToArray(), WebSocketMessageType.Text, true, default);
        await EdgeUnderTest.ReadTextAsync(socket);

        Assert.Equal((4408, "silent"), ((int?)socket.CloseStatus, socket.CloseStatusDescription));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_close_of_the_client_is_answered_by_the_worker(bool overHttp2)
    {
        ClientWebSocket socket = await _edge.ConnectAsync("/ws/agents", _token, overHttp2);
        await EdgeUnderTest.ReadTextAsync(socket);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10), TimeProvider.System);
        await socket.CloseAsync((WebSocketCloseStatus)1000, "done", patience.Token);

        Assert.Equal((1000, "done"), ((int?)socket.CloseStatus, socket.CloseStatusDescription));
    }

    [Fact]
    public async Task A_worker_that_dies_ends_its_connections_at_once()
    {
        ClientWebSocket socket = await _edge.ConnectAsync("/ws/agents", _token);
        await EdgeUnderTest.ReadTextAsync(socket);
        Task<string> waiting = EdgeUnderTest.ReadTextAsync(socket);
        await _worker.StopAsync();

        await Assert.ThrowsAsync<WebSocketException>(() => waiting);
    }

    [Fact]
    public async Task An_event_stream_arrives_as_it_is_written()
    {
        using HttpResponseMessage answer = await _edge.GetAsync("/sse/agents", _token);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());

        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal("data: 1", await reader.ReadLineAsync());
        Assert.Equal(1, (await _edge.WorkersAsync())[0].GetProperty("connections").GetInt32());
    }

    [Fact]
    public async Task Beyond_a_limit_connections_are_refused_until_one_closes()
    {
        ClientWebSocket first = await _edge.ConnectAsync("/ws/agents", _token);
        using HttpResponseMessage second = await _edge.GetAsync("/sse/agents", _token);
        using HttpResponseMessage third = await _edge.GetAsync("/sse/agents", _token);
        ClientWebSocket fourth = await _edge.ConnectAsync("/ws/agents", _token, overHttp2: true);
        using HttpResponseMessage request = await _edge.GetAsync("/v1/events", _token);

        Assert.Equal(WebSocketState.Open, first.State);
        Assert.Equal(HttpStatusCode.OK, second.StatusCode);
        await ProblemAssert.IsAsync(429, "rate_limited", third);
        Assert.Equal(TimeSpan.FromSeconds(5), third.Headers.RetryAfter?.Delta);
        Assert.Equal(HttpStatusCode.TooManyRequests, fourth.HttpStatusCode);
        Assert.Equal(HttpStatusCode.OK, request.StatusCode);

        first.Abort();
        await Eventually.TrueAsync("there is a place again", async () =>
        {
            using HttpResponseMessage again = await _edge.GetAsync("/sse/agents", _token);
            return again.StatusCode == HttpStatusCode.OK;
        });
    }

    [Fact]
    public async Task Tenants_and_the_edge_have_their_limits_too()
    {
        async Task<HttpResponseMessage> OpenAsync(string tenant, string subject) =>
            await _edge.GetAsync("/sse/agents", EdgeUnderTest.Token(tenant, subject));

        using HttpResponseMessage a1 = await OpenAsync("a", "1");
        using HttpResponseMessage a2 = await OpenAsync("a", "2");
        using HttpResponseMessage a3 = await OpenAsync("a", "3");
        using HttpResponseMessage a4 = await OpenAsync("a", "4");
        using HttpResponseMessage b1 = await OpenAsync("b", "1");
        using HttpResponseMessage c1 = await OpenAsync("c", "1");

        Assert.All([a1, a2, a3, b1], open => Assert.Equal(HttpStatusCode.OK, open.StatusCode));
        JsonElement ofTenant = await ProblemAssert.IsAsync(429, "rate_limited", a4);
        JsonElement ofEdge = await ProblemAssert.IsAsync(429, "rate_limited", c1);
        Assert.Contains("tenant", ofTenant.GetProperty("detail").GetString());
        Assert.Contains("edge", ofEdge.GetProperty("detail").GetString());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_body_that_is_too_large_is_refused(bool isLengthKnown)
    {
        using HttpContent body = isLengthKnown
            ? new ByteArrayContent(new byte[10_001])
            : new StreamContent(new UnknownLength(new byte[10_001]));
        using HttpResponseMessage answer = await _edge.SendAsync(HttpMethod.Post, "/v1/events", _token, body);

        JsonElement problem = await ProblemAssert.IsAsync(413, "too_large", answer);
        Assert.Contains(
            "10000 bytes, the most that this edge takes (connection_plane:edge:listener:request_body_bytes_max)",
            problem.GetProperty("detail").GetString());
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task Requests_are_taken_over_both_versions_of_HTTP(string version)
    {
        HttpClient client = _edge.NewClient(Version.Parse(version));
        client.DefaultRequestHeaders.Add("Authorization", $"Bearer {_token}");
        using HttpResponseMessage answer = await client.PostAsync("/v1/events", new ByteArrayContent(new byte[10]));

        Assert.Equal(Version.Parse(version), answer.Version);
        Assert.Equal("w1 POST 10", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task TLS_below_1_2_is_not_spoken()
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(_edge.PublicAddress.Host, _edge.PublicAddress.Port);
        await using var tls = new SslStream(socket.GetStream());
#pragma warning disable SYSLIB0039, CA5397 // That it is obsolete is the point.
        Task handshake = tls.AuthenticateAsClientAsync("localhost", null, SslProtocols.Tls11, false);
#pragma warning restore SYSLIB0039, CA5397

        await Assert.ThrowsAnyAsync<Exception>(() => handshake);
    }

    private sealed class UnknownLength(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
