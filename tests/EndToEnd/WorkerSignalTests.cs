using System.Net;
using System.Net.Sockets;
using System.Text;
using Realtime.Tests.Support;
using Realtime.Tests.Workers;
using Realtime.Tests.Workers.Connections;

namespace Realtime.Tests.EndToEnd;

/// <summary>A worker as a process: told to end once, and twice.</summary>
public sealed class WorkerSignalTests : IAsyncLifetime
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("realtime-worker-");
    private readonly Uri _address = new($"http://127.0.0.1:{FreePort()}");
    private WorkerProcess _process = null!;

    public async Task InitializeAsync()
    {
        _process = WorkerProcess.Start(
            [
                "--connection_plane:worker:id", RunningWorker.Name,
                "--connection_plane:worker:listen", _address.ToString().TrimEnd('/'),
                "--connection_plane:internal_keys:0", RunningWorker.Key,
                "--connection_plane:auth:signing_key", RunningWorker.Key,
                "--connection_plane:shutdown_timeout", "20s",
                "--connection_plane:connections:close_timeout", "15s",
            ],
            _directory.FullName);
        using var client = new HttpClient { BaseAddress = _address };
        await Eventually.TrueAsync("it is ready", async () =>
        {
            try
            {
                return (await client.GetAsync("/readyz")).IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        }, TimeSpan.FromSeconds(30), () => _process.Output);
    }

    public async Task DisposeAsync()
    {
        await _process.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public async Task Told_to_end_it_drains_is_seen_draining_meanwhile_and_exits_0()
    {
        using WorkerSocket viewer = await WorkerSocket.OpenAsync(_address, "/ws/agents?agents=a1");
        await viewer.NextAsync("subscribed");
        using TcpClient stuck = await OpenStuckAsync();
        Signals.Terminate(_process.Pid);

        // The stuck one never answers the close, so the drain goes on; meanwhile the worker says so.
        await viewer.NextAsync("drain");
        Assert.Empty(await viewer.ClosedAsync());
        Assert.Equal(1012, viewer.CloseCode);
        using var client = new HttpClient { BaseAddress = _address };
        HttpResponseMessage ready = await client.GetAsync("/readyz");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Contains("\"draining\"", await ready.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/internal/status");
        request.Headers.Add("Realtime-Operator", RunningWorker.OperatorStamp(HttpMethod.Get, "/internal/status"));
        string status = await (await client.SendAsync(request)).Content.ReadAsStringAsync();
        Assert.Contains("\"by\":\"signal\"", status, StringComparison.Ordinal);

        stuck.Dispose();
        Assert.Equal(0, await _process.ExitAsync(TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task Told_twice_it_leaves_at_once()
    {
        using TcpClient stuck = await OpenStuckAsync();
        Signals.Terminate(_process.Pid);
        using var client = new HttpClient { BaseAddress = _address };
        await Eventually.TrueAsync(
            "it drains", async () => !(await client.GetAsync("/readyz")).IsSuccessStatusCode);

        // Half a second after the first one counts; the stuck connection alone would take 15.
        long started = TimeProvider.System.GetTimestamp();
        Task<int> exit = _process.ExitAsync(TimeSpan.FromSeconds(30));
        await Eventually.TrueAsync("it has left", () =>
        {
            if (!exit.IsCompleted)
            {
                Signals.Terminate(_process.Pid);
            }

            return exit.IsCompleted;
        });
        Assert.Equal(143, await exit);
        Assert.True(TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(8));
    }

    // A WebSocket that reads nothing and answers nothing.
    private async Task<TcpClient> OpenStuckAsync()
    {
        var tcp = new TcpClient();
        await tcp.ConnectAsync(_address.Host, _address.Port);
        await tcp.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
            $"GET /ws/agents HTTP/1.1\r\nHost: w\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
            + $"Realtime-Identity: {RunningWorker.Stamp()}\r\n\r\n"));
        byte[] head = new byte[12];
        await tcp.GetStream().ReadExactlyAsync(head);
        Assert.Equal("HTTP/1.1 101", Encoding.ASCII.GetString(head));
        return tcp;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
