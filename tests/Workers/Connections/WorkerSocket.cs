using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace Realtime.Tests.Workers.Connections;

/// <summary>A WebSocket to a worker, as an edge would open it; answers pings while it reads.</summary>
internal sealed class WorkerSocket : IDisposable
{
    private readonly ClientWebSocket _socket = new();
    private readonly CancellationTokenSource _patience = new(TimeSpan.FromSeconds(30), TimeProvider.System);

    public int? CloseCode => (int?)_socket.CloseStatus;

    public string? CloseReason => _socket.CloseStatusDescription;

    /// <summary>The welcome, which came first.</summary>
    public JsonElement Welcome { get; private set; }

    public string Session => Welcome.GetProperty("session").GetString()!;

    /// <summary>Connects and takes the welcome.</summary>
    public static Task<WorkerSocket> OpenAsync(
        RunningWorker worker, string target = "/ws/agents", string? stamp = null, int? port = null) =>
        OpenAsync(worker.Address, target, stamp, port);

    /// <inheritdoc cref="OpenAsync(RunningWorker, string, string?, int?)"/>
    public static async Task<WorkerSocket> OpenAsync(
        Uri worker, string target = "/ws/agents", string? stamp = null, int? port = null)
    {
        var socket = new WorkerSocket();
        socket._socket.Options.SetRequestHeader("Realtime-Identity", stamp ?? RunningWorker.Stamp());
        socket._socket.Options.KeepAliveInterval = TimeSpan.Zero;
        var address = new UriBuilder(new Uri(worker, target)) { Scheme = "ws" };
        address.Port = port ?? address.Port;
        await socket._socket.ConnectAsync(address.Uri, socket._patience.Token);
        socket.Welcome = (await socket.NextAsync())!.Value;
        Assert.Equal("welcome", socket.Welcome.GetProperty("op").GetString());
        return socket;
    }

    public Task SayAsync(string text) => _socket.SendAsync(
        Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, _patience.Token);

    /// <summary>The next message; null once the server closed or the connection broke.</summary>
    public async Task<JsonElement?> NextAsync()
    {
        byte[] buffer = new byte[1024 * 1024];
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

    /// <summary>The next message of an op; those before it are skipped.</summary>
    public async Task<JsonElement> NextAsync(string op)
    {
        while (await NextAsync() is { } message)
        {
            if (message.GetProperty("op").GetString() == op)
            {
                return message;
            }
        }

        throw new InvalidOperationException($"Closed {CloseCode} without {op}.");
    }

    /// <summary>Reads until the server closed; the ops that came before it.</summary>
    public async Task<IReadOnlyList<string>> ClosedAsync()
    {
        var ops = new List<string>();
        while (await NextAsync() is { } message)
        {
            ops.Add(message.GetProperty("op").GetString()!);
        }

        await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, _patience.Token);
        return ops;
    }

    public void Dispose()
    {
        _socket.Dispose();
        _patience.Dispose();
    }
}
