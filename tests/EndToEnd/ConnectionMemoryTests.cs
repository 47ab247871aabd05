using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Realtime.Tests.Support;
using Realtime.Tests.Workers;
using Xunit.Abstractions;

namespace Realtime.Tests.EndToEnd;

/// <summary>
/// What a viewer costs a worker: measured on a worker that is a process of its own, and held to the arithmetic of
/// workers/README.md. Prints its figures.
/// </summary>
public sealed class ConnectionMemoryTests(ITestOutputHelper output) : IAsyncLifetime, IDisposable
{
    private const int Viewers = 1500;

    // The formula's terms, KiB: what an idle viewer has; what waits for who takes nothing (a burst under way, at most
    // backpressure_threshold_bytes, here 64 KiB, and unsent_bytes, 32 KiB) with its ring of references (512 x 24 B).
    private const int IdleKibMax = 24;
    private const int FullKibMax = IdleKibMax + (2 * 64) + (2 * 32) + 12;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("realtime-worker-");
    private readonly List<Socket> _sockets = [];
    private readonly Uri _address = new($"http://127.0.0.1:{FreePort()}");
    private WorkerProcess _process = null!;
    private HttpClient _client = null!;

    public async Task InitializeAsync()
    {
        _client = new HttpClient { BaseAddress = _address };
        _process = WorkerProcess.Start(
            [
                "--connection_plane:worker:id", RunningWorker.Name,
                "--connection_plane:worker:listen", _address.ToString().TrimEnd('/'),
                "--connection_plane:internal_keys:0", RunningWorker.Key,
                "--connection_plane:auth:signing_key", RunningWorker.Key,
                "--connection_plane:backpressure_threshold_bytes", "64KiB",
                "--connection_plane:delivery:stall_timeout", "1m",
                "--event_plane:partitions", "4",
                "--event_plane:budgets:subject_connections_max", "10000",
            ],
            _directory.FullName);
        await Eventually.TrueAsync("it is ready", async () =>
        {
            try
            {
                return (await _client.GetAsync("/readyz")).IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        }, TimeSpan.FromSeconds(30), () => _process.Output);
    }

    public async Task DisposeAsync()
    {
        _sockets.ForEach(static one => one.Dispose());
        await _process.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task An_idle_viewer_and_one_that_takes_nothing_cost_no_more_than_the_formula_says()
    {
        // Code and pools first, so that they are not counted.
        await OpenAsync(50);
        await PublishAsync(50);
        ViewerCost cost = await ViewerCost.BeforeAsync(_process.Pid, Viewers);
        await OpenAsync(Viewers);
        double uncollected = cost.Kib;
        double idle = await cost.CollectedKibAsync();

        for (int i = 0; i < 10; i++)
        {
            await PublishAsync(100);
        }

        await Eventually.TrueAsync(
            "all are behind", async () => (await AskAsync("/internal/connections?limit=1000"))
                .GetProperty("connections").EnumerateArray().All(one => one.GetProperty("behind").GetInt32() > 0),
            TimeSpan.FromSeconds(30));
        double full = await cost.CollectedKibAsync();
        output.WriteLine(ViewerCost.Text("the worker", idle, uncollected, full));
        Assert.InRange(idle, 0, IdleKibMax);
        Assert.InRange(full, 0, FullKibMax);
    }

    // They read nothing: what they are sent waits in their small buffers, then in the worker.
    private async Task OpenAsync(int count)
    {
        for (int i = 0; i < count; i++)
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 2048 };
            _sockets.Add(socket);
            await socket.ConnectAsync(_address.Host, _address.Port);
            await socket.SendAsync(Encoding.ASCII.GetBytes(
                $"GET /ws/agents?agents=a1 HTTP/1.1\r\nHost: w\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
                + $"Realtime-Identity: {RunningWorker.Stamp()}\r\n\r\n"));
        }

        await Eventually.TrueAsync("all are open", async () => (await AskAsync("/internal/status"))
            .GetProperty("connections").GetProperty("viewers").GetInt32() == _sockets.Count);
    }

    private async Task<JsonElement> AskAsync(string target)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, target);
        request.Headers.Add("Realtime-Operator", RunningWorker.OperatorStamp(HttpMethod.Get, target));
        HttpResponseMessage answer = await _client.SendAsync(request);
        return JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
    }

    private async Task PublishAsync(int count)
    {
        string filling = new('x', 1000);
        string events = JsonSerializer.Serialize(Enumerable.Range(0, count).Select(
            _ => new { channel = "agents", type = "t", agent = "a1", payload = filling }));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/events")
        {
            Content = new StringContent(events, Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("Realtime-Identity", RunningWorker.Stamp());
        Assert.Equal(HttpStatusCode.Accepted, (await _client.SendAsync(request)).StatusCode);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
