using System.Net;
using System.Net.Http.Json;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Realtime.Tests.Support;
using Xunit.Abstractions;

namespace Realtime.Tests.EndToEnd;

/// <summary>
/// What a viewer costs an edge: measured on an edge that is a process of its own, and held to the arithmetic of
/// edge/README.md. Prints its figures.
/// </summary>
public sealed class EdgeMemoryTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Viewers = 1000;

    // The formula's terms, KiB: what an idle viewer has; what is copied at a time; the buffers of TLS; what waits
    // behind it (unsent_bytes, and the piece that came on top).
    private const int IdleKibMax = 55;
    private const int FullKibMax = IdleKibMax + 16 + 96 + 32 + 20;

    private readonly List<SslStream> _viewers = [];
    private RealtimeSystem _system = null!;
    private EdgeProcess _edge = null!;

    public async Task InitializeAsync()
    {
        _system = await RealtimeSystem.StartAsync(new RealtimeSystemOptions
        {
            AsProcesses = true,
            WorkerSettings = new Dictionary<string, string> { ["connection_plane:delivery:stall_timeout"] = "1m" },
        });
        _edge = await EdgeProcess.StartAsync(_system);
    }

    public async Task DisposeAsync()
    {
        _viewers.ForEach(static one => one.Dispose());
        await _edge.DisposeAsync();
        await _system.DisposeAsync();
    }

    [Fact]
    public async Task An_idle_viewer_and_one_that_takes_nothing_cost_no_more_than_the_formula_says()
    {
        // Code and pools first, so that they are not counted.
        await OpenAsync(50);
        await PublishAsync(1);
        ViewerCost cost = await ViewerCost.BeforeAsync(_edge.Pid, Viewers);
        await OpenAsync(Viewers);
        double uncollected = cost.Kib;
        double idle = await cost.CollectedKibAsync();
        for (int i = 0; i < 8; i++)
        {
            await PublishAsync(100);
        }

        double full = 0;
        await Eventually.TrueAsync("it copies no more, as nobody takes anything", async () =>
        {
            double copied = cost.Kib;
            await PublishAsync(1);
            full = await cost.CollectedKibAsync();
            return Math.Abs(full - copied) < 1;
        }, FaultScene.Patience);
        output.WriteLine(ViewerCost.Text("the edge", idle, uncollected, full));
        Assert.InRange(idle, 0, IdleKibMax);
        Assert.InRange(full, 0, FullKibMax);
    }

    // They read nothing behind the handshake: what they are sent waits in their small buffers, then in the edge.
    private async Task OpenAsync(int count)
    {
        for (int i = 0; i < count; i++)
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 2048 };
            await socket.ConnectAsync(_edge.Address.Host, _edge.Address.Port);
            var stream = new SslStream(
                new NetworkStream(socket, ownsSocket: true), leaveInnerStreamOpen: false,
                (_, certificate, _, _) => certificate!.GetCertHashString() == _system.Certificate.GetCertHashString());
            _viewers.Add(stream);
            await stream.AuthenticateAsClientAsync("localhost");
            string token = _system.Token("read:*", subject: $"viewer-{_viewers.Count}");
            await stream.WriteAsync(Encoding.ASCII.GetBytes(
                "GET /ws/agents?agents=a1 HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
                + $"Authorization: Bearer {token}\r\n\r\n"));
            byte[] head = new byte[12];
            await stream.ReadExactlyAsync(head);
            Assert.Equal("HTTP/1.1 101", Encoding.ASCII.GetString(head));
        }
    }

    private async Task PublishAsync(int count)
    {
        string filling = new('x', 1000);
        using HttpClient client = _system.CreateClient(_system.Token("publish:*"));
        await Eventually.TrueAsync("it is published", async () =>
        {
            using HttpResponseMessage answer = await client.PostAsJsonAsync(
                "v1/events",
                Enumerable.Range(0, count).Select(
                    _ => new { channel = "agents", type = "t", agent = "a1", payload = filling }));

            // An edge that collects all its garbage may miss a worker's answer to a probe, and says so for a moment.
            bool isAway = answer.StatusCode == HttpStatusCode.ServiceUnavailable;
            Assert.True(isAway || answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
            return !isAway;
        });
    }
}
