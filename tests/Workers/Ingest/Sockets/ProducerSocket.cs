using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace Realtime.Tests.Workers.Ingest.Sockets;

/// <summary>A producer's socket to a worker, as an edge would open it.</summary>
internal sealed class ProducerSocket : IDisposable
{
    private readonly ClientWebSocket _socket = new();
    private readonly CancellationTokenSource _patience = new(TimeSpan.FromSeconds(30), TimeProvider.System);

    public int? CloseCode => (int?)_socket.CloseStatus;

    /// <summary>Connects and takes the welcome.</summary>
    public static async Task<ProducerSocket> OpenAsync(RunningWorker worker, string? stamp = null)
    {
        var socket = new ProducerSocket();
        socket._socket.Options.SetRequestHeader("Realtime-Identity", stamp ?? RunningWorker.Stamp());
        socket._socket.Options.KeepAliveInterval = TimeSpan.Zero;
        Uri address = new UriBuilder(worker.Address) { Scheme = "ws", Path = "/v1/publish" }.Uri;
        await socket._socket.ConnectAsync(address, socket._patience.Token);
        Assert.Equal("welcome", OpOf((await socket.NextAsync())!.Value));
        return socket;
    }

    public Task SayAsync(string text, bool isWhole = true) => _socket.SendAsync(
        Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, isWhole, _patience.Token);

    public Task AppendAsync(long seq, string task, long offset, string text = "x") => SayAsync(
        EndToEnd.ProducerSpeech.AppendJson(seq, task, offset, Encoding.UTF8.GetBytes(text)));

    /// <summary>The next message; null once the server closed.</summary>
    public async Task<JsonElement?> NextAsync()
    {
        byte[] buffer = new byte[256 * 1024];
        int length = 0;
        while (true)
        {
            WebSocketReceiveResult read = await _socket.ReceiveAsync(
                new ArraySegment<byte>(buffer, length, buffer.Length - length), _patience.Token);
            if (read.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }

            length += read.Count;
            if (read.EndOfMessage)
            {
                using var document = JsonDocument.Parse(buffer.AsMemory(0, length));
                return document.RootElement.Clone();
            }
        }
    }

    /// <summary>The next message in short: <c>op seq</c>, of an error <c>code seq</c>.</summary>
    public async Task<string> NextShortAsync()
    {
        if (await NextAsync() is not { } message)
        {
            return $"closed {CloseCode}";
        }

        string name = OpOf(message) == "error" ? message.GetProperty("code").GetString()! : OpOf(message);
        return message.TryGetProperty("seq", out JsonElement seq) ? $"{name} {seq}" : name;
    }

    public void Dispose()
    {
        _socket.Dispose();
        _patience.Dispose();
    }

    private static string OpOf(JsonElement message) => message.GetProperty("op").GetString()!;
}
