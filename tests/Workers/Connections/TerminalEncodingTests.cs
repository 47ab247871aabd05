using System.Net.WebSockets;
using System.Text.Json;

namespace Realtime.Tests.Workers.Connections;

/// <summary><c>encoding</c> in the query of the WebSocket endpoints.</summary>
public sealed class TerminalEncodingTests
{
    private const string Subscribe = """{"op":"subscribe","id":"default","terminal":"t1","from":"start"}""";

    [Theory]
    [InlineData("/ws/terminal/t1?encoding=lz4", null, "lz4+base64")]
    [InlineData("/ws/terminal/t1?encoding=base64", null, "base64")]
    [InlineData("/ws/terminal/t1", null, "base64")]
    [InlineData("/ws/agents?encoding=lz4", Subscribe, "lz4+base64")]
    [InlineData("/ws/agents?encoding=base64", Subscribe, "base64")]
    public async Task Both_endpoints_write_bytes_as_the_query_says(string path, string? message, string encoding)
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        await worker.PostBytesAsync("/v1/tasks/t1/terminal", new byte[2000]);
        using ClientWebSocket socket = await OpenAsync(worker, path);
        if (message is not null)
        {
            await socket.SendAsync(
                System.Text.Encoding.UTF8.GetBytes(message), WebSocketMessageType.Text, true, CancellationToken.None);
        }

        JsonElement terminal = await NextAsync(socket, "terminal");

        Assert.Equal(encoding, terminal.GetProperty("encoding").GetString());
    }

    [Theory]
    [InlineData("/ws/terminal/t1?encoding=zstd")]
    [InlineData("/ws/agents?channels=*&encoding=zstd")]
    public async Task Another_encoding_is_refused_once_by_name(string path)
    {
        await using RunningWorker worker = await RunningWorker.StartAsync();
        using ClientWebSocket socket = await OpenAsync(worker, path);

        JsonElement error = await NextAsync(socket, "error");

        Assert.Equal("bad_request", error.GetProperty("code").GetString());
        Assert.Equal("query: encoding: must be base64 or lz4", error.GetProperty("detail").GetString());
    }

    private static async Task<ClientWebSocket> OpenAsync(RunningWorker worker, string path)
    {
        var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Realtime-Identity", RunningWorker.Stamp());
        await socket.ConnectAsync(
            new UriBuilder(new Uri(worker.Address, path)) { Scheme = "ws" }.Uri, CancellationToken.None);
        return socket;
    }

    private static async Task<JsonElement> NextAsync(ClientWebSocket socket, string op)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30), TimeProvider.System);
        byte[] buffer = new byte[64 * 1024];
        while (true)
        {
            int length = 0;
            WebSocketReceiveResult read;
            do
            {
                read = await socket.ReceiveAsync(
                    new ArraySegment<byte>(buffer, length, buffer.Length - length), patience.Token);
                length += read.Count;
            }
            while (!read.EndOfMessage);
            Assert.True(read.MessageType == WebSocketMessageType.Text, $"closed {socket.CloseStatus} before {op}");
            using var document = JsonDocument.Parse(buffer.AsMemory(0, length));
            foreach (JsonElement message in document.RootElement.ValueKind == JsonValueKind.Array
                ? document.RootElement.EnumerateArray().ToArray()
                : [document.RootElement])
            {
                if (message.GetProperty("op").GetString() == op)
                {
                    return message.Clone();
                }
            }
        }
    }
}
