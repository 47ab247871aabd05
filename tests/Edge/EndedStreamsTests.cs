using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Realtime.Edge.Forwarding;
using Realtime.Tests.Support;

namespace Realtime.Tests.Edge;

/// <summary>When one side of a stream has ended, the edge's own ends too: no connection and no place is left.</summary>
public sealed class EndedStreamsTests : IAsyncLifetime, IDisposable
{
    private const string Open = "realtime_edge_connections kind=web_socket";
    private const string CutFor = "realtime_edge_connections_cut_total reason=";

    private readonly string _token = EdgeUnderTest.Token();
    private FakeWorker _first = null!;
    private FakeWorker _second = null!;
    private EdgeUnderTest _edge = null!;
    private MetricSums _sums = null!;
    private string _home = "";

    public async Task InitializeAsync()
    {
        _first = await FakeWorker.StartAsync("w1");
        _second = await FakeWorker.StartAsync("w2");
        _edge = await EdgeUnderTest.StartAsync(
            [_first, _second],
            ("connection_plane:edge:limits:subject_connections_max", "1"),
            ("connection_plane:edge:forwarding:linger", "100ms"),
            ("connection_plane:edge:forwarding:client_stall", "1s"),
            ("connection_plane:edge:forwarding:probe_timeout", "100ms"),
            ("connection_plane:edge:forwarding:silent_cut", "500ms"));
        await _edge.WorkersAreAsync("ready", "ready");
        _sums = new MetricSums(_edge);
    }

    public async Task DisposeAsync()
    {
        await _edge.DisposeAsync();
        await _first.DisposeAsync();
        await _second.DisposeAsync();
    }

    public void Dispose() => _sums.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_client_that_does_not_end_what_its_worker_ended_leaves_nothing_behind(bool overHttp2)
    {
        ClientWebSocket socket = await OpenAsync("/ws/agents", overHttp2);
        await SendAsync(socket, "leave");

        await NothingIsOpenAsync();
        await OpenAsync("/ws/agents", overHttp2);
    }

    [Fact]
    public async Task A_worker_that_does_not_end_what_its_client_ended_is_given_up()
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, _edge.PublicAddress.Port);
        await using var tls = new SslStream(client.GetStream(), false, _edge.IsItsCertificate);
        await tls.AuthenticateAsClientAsync("localhost");
        await tls.WriteAsync(Encoding.ASCII.GetBytes(
            "GET /ws/agents HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            + $"Authorization: Bearer {_token}\r\n\r\n"));
        Assert.True(await tls.ReadAsync(new byte[1000]) > 0);
        Assert.Equal(1, _sums[Open]);
        await tls.ShutdownAsync();

        await Eventually.TrueAsync("it is given up", () => _sums[CutFor + "lingering"] == 1);
        await NothingIsOpenAsync();
    }

    [Fact]
    public void What_a_client_does_not_take_at_the_end_keeps_its_socket_for_a_moment_only()
    {
        var clock = new ManualClock();
        using var connection = new Connection();
        var context = new DefaultHttpContext();
        context.Features.Set<IHttpUpgradeFeature>(connection);
        context.Features.Set<IConnectionLifetimeFeature>(connection);
        EndedStream.AbortAfter(context, TimeSpan.FromSeconds(5), clock);

        clock.Advance(TimeSpan.FromSeconds(4.9));
        Assert.Equal(0, connection.Aborts);
        clock.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal(1, connection.Aborts);
    }

    [Fact]
    public void A_socket_that_closes_by_itself_is_left_alone()
    {
        var clock = new ManualClock();
        using var connection = new Connection();
        var context = new DefaultHttpContext();
        context.Features.Set<IHttpUpgradeFeature>(connection);
        context.Features.Set<IConnectionLifetimeFeature>(connection);
        EndedStream.AbortAfter(context, TimeSpan.FromSeconds(5), clock);
        connection.Close();

        Assert.Empty(clock.Waits);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_client_that_takes_nothing_any_more_is_given_up(bool overHttp2)
    {
        ClientWebSocket socket = await OpenAsync("/ws/agents", overHttp2);
        await SendAsync(socket, "flood");

        await NothingIsOpenAsync();
        Assert.Equal(1, _sums[CutFor + "stalled_client"]);
        await OpenAsync("/ws/agents", overHttp2);
    }

    [Fact]
    public async Task A_client_that_goes_without_a_word_leaves_nothing_behind()
    {
        ClientWebSocket socket = await OpenAsync("/ws/agents");
        socket.Abort();

        await NothingIsOpenAsync();
        Assert.Equal(0, _sums[CutFor + "lingering"] + _sums[CutFor + "stalled_client"]);
    }

    [Fact]
    public async Task A_worker_that_dies_leaves_nothing_behind()
    {
        ClientWebSocket socket = await OpenAsync("/ws/terminal/t1");
        await _first.StopAsync();
        await _second.StopAsync();

        await NothingIsOpenAsync();
        await EndsAsync(socket);
    }

    [Fact]
    public async Task Connections_of_a_worker_that_hangs_are_cut_and_those_of_others_are_not()
    {
        ClientWebSocket socket = await OpenAsync("/ws/terminal/t1");
        string other = EdgeUnderTest.Token(subject: "bob");
        // A task whose home is the other worker.
        ClientWebSocket kept;
        int task = 2;
        do
        {
            kept = await _edge.ConnectAsync($"/ws/terminal/t{task++}", other);
            Assert.Equal(WebSocketState.Open, kept.State);
            if (await EdgeUnderTest.ReadTextAsync(kept) != _home)
            {
                break;
            }

            kept.Abort();
            await Eventually.TrueAsync("its place is free", () => _sums[Open] == 1);
        }
        while (true);
        (_home == "w1" ? _first : _second).IsMute = true;

        await EndsAsync(socket);
        Assert.Equal(1, _sums[CutFor + "silent_worker"]);
        await SendAsync(kept, "still here");
        Assert.Equal("still here", await EdgeUnderTest.ReadTextAsync(kept));
        ClientWebSocket again = await _edge.ConnectAsync("/ws/terminal/t1", _token);
        Assert.NotEqual(_home, await EdgeUnderTest.ReadTextAsync(again));
    }

    [Fact]
    public async Task The_kernel_asks_after_quiet_clients()
    {
        await OpenAsync("/ws/agents");
        string port = _edge.PublicAddress.Port.ToString("X4", CultureInfo.InvariantCulture);
        await Eventually.TrueAsync(
            "the keep-alive timer runs",
            () => File.ReadLines("/proc/net/tcp").Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Any(field => field[1].EndsWith($":{port}", StringComparison.Ordinal)
                    && field[3] == "01" && field[5].StartsWith("02", StringComparison.Ordinal)));
    }

    private async Task<ClientWebSocket> OpenAsync(string path, bool overHttp2 = false)
    {
        ClientWebSocket socket = await _edge.ConnectAsync(path, _token, overHttp2);
        Assert.Equal(WebSocketState.Open, socket.State);
        _home = await EdgeUnderTest.ReadTextAsync(socket);
        return socket;
    }

    private static Task SendAsync(ClientWebSocket socket, string text) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, CancellationToken.None);

    private async Task NothingIsOpenAsync()
    {
        await Eventually.TrueAsync("no connection is open", () => _sums[Open] == 0);
        await Eventually.TrueAsync("nor to a worker", async () => (await _edge.WorkersAsync()).EnumerateArray()
            .All(worker => worker.GetProperty("connections").GetInt64() == 0));
    }

    private static async Task EndsAsync(ClientWebSocket socket)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        try
        {
            ValueWebSocketReceiveResult end = await socket.ReceiveAsync(new byte[100].AsMemory(), patience.Token);
            Assert.Equal(WebSocketMessageType.Close, end.MessageType);
        }
        catch (WebSocketException)
        {
            // Cut, without a word.
        }
    }

    private sealed class Connection : IHttpUpgradeFeature, IConnectionLifetimeFeature, IDisposable
    {
        private readonly CancellationTokenSource _closed = new();

        public int Aborts { get; private set; }

        public bool IsUpgradableRequest => true;

        public CancellationToken ConnectionClosed
        {
            get => _closed.Token;
            set => throw new NotSupportedException();
        }

        public void Abort() => Aborts++;

        public void Close() => _closed.Cancel();

        public Task<Stream> UpgradeAsync() => throw new NotSupportedException();

        public void Dispose() => _closed.Dispose();
    }
}
