using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Realtime.Tests.Support;
using Realtime.Workers.Connections;

namespace Realtime.Tests.Workers.Connections;

/// <summary>A viewer that takes nothing, with real sockets: sent away, and it resumes.</summary>
public sealed class EvictedViewerTests
{
    private const int Count = 200;

    [Fact]
    public async Task It_is_evicted_and_on_its_next_connection_gets_all_from_its_cursor()
    {
        await using RunningWorker worker = await RunningWorker.StartAsync(
            null,
            "--connection_plane:worker:unsent_bytes", "4096",
            "--connection_plane:delivery:stall_timeout", "200ms",
            "--connection_plane:connections:close_timeout", "200ms");
        string[] first = await worker.PublishAsync(new { channel = "agents", type = "t", agent = "a1", payload = 1 });
        ConnectionRegistry registry = worker.Get<ConnectionRegistry>();
        using var stuck = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        await stuck.ConnectAsync(worker.Address.Host, worker.Address.Port);
        await stuck.SendAsync(Encoding.ASCII.GetBytes(
            $"GET /ws/agents?agents=a1&after={first[0]} HTTP/1.1\r\nHost: w\r\nConnection: Upgrade\r\n"
            + "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
            + $"Realtime-Identity: {RunningWorker.Stamp()}\r\n\r\n"));
        await Eventually.TrueAsync(
            "it watches", () => registry.All.Any(one => one.Connection.Outbox.Feeds.Count > 0));

        string filling = new('x', 4000);
        var sent = new List<string>();
        while (registry.Count > 0)
        {
            // More than the buffers on the way can hold, until it is gone.
            Assert.True(sent.Count < 20 * Count, "It is never evicted.");
            sent.AddRange(await worker.PublishAsync([.. Enumerable.Range(0, Count).Select(_ =>
                (object)new { channel = "agents", type = "t", agent = "a1", payload = filling })]));
            await Eventually.TrueAsync(
                "it is gone, or takes more",
                () => registry.Count == 0 || registry.All.All(one => one.Connection.Outbox.Waiting == 0));
        }

        using WorkerSocket back = await WorkerSocket.OpenAsync(worker, $"/ws/agents?agents=a1&after={first[0]}");
        var got = new List<string>();
        while (got.Count < sent.Count)
        {
            JsonElement message = (await back.NextAsync())!.Value;
            IEnumerable<JsonElement> messages =
                message.ValueKind == JsonValueKind.Array ? message.EnumerateArray() : [message];
            got.AddRange(messages.Where(one => one.GetProperty("op").GetString() == "event")
                .Select(one => one.GetProperty("id").GetString()!));
        }

        Assert.Equal(sent, got);
    }
}
