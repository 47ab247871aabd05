using System.Buffers;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Realtime.Devhost.Certificates;
using Realtime.Tests.Support;

namespace Realtime.Tests.EndToEnd;

/// <summary>
/// One WebSocket of a <see cref="TestClient"/>, with its TCP socket in reach, so that it can be cut without a word.
/// </summary>
internal sealed class TestConnection : IDisposable
{
    public const string Json = "realtime.v1.json";
    public const string MessagePack = "realtime.v1.msgpack";

    private const int MessageBytesMax = 16 * 1024 * 1024;

    private readonly ClientWebSocket _socket = new();
    private readonly SocketsHttpHandler _handler;
    private readonly HttpMessageInvoker _invoker;
    private readonly ArrayBufferWriter<byte> _message = new(4096);
    private Socket? _tcp;

    public TestConnection(X509Certificate2 trusted, string token, params IReadOnlyList<string> offers)
    {
        _handler = TrustingHandler.Create(trusted);
        _handler.ConnectCallback = async (context, cancelled) =>
        {
            var tcp = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await tcp.ConnectAsync(context.DnsEndPoint, cancelled);
            }
            catch
            {
                tcp.Dispose();
                throw;
            }

            Volatile.Write(ref _tcp, tcp);
            return new NetworkStream(tcp, ownsSocket: true);
        };
        _invoker = new HttpMessageInvoker(_handler);
        foreach (string offer in offers.Count > 0 ? offers : [Json])
        {
            _socket.Options.AddSubProtocol(offer);
        }

        _socket.Options.SetRequestHeader("Authorization", $"Bearer {token}");
        _socket.Options.KeepAliveInterval = TimeSpan.Zero;
    }

    /// <summary>The number the server closed with; 1006 if it ended without one.</summary>
    public int CloseCode => (int?)_socket.CloseStatus ?? 1006;

    public string? CloseReason => _socket.CloseStatusDescription;

    /// <summary>What the server chose.</summary>
    public string? Subprotocol => _socket.SubProtocol;

    /// <summary>Whether that is the binary form.</summary>
    public bool IsMessagePack => Subprotocol == MessagePack;

    public Task ConnectAsync(Uri endpoint, CancellationToken stopping) =>
        _socket.ConnectAsync(endpoint, _invoker, stopping);

    public ValueTask SendAsync(JsonNode message, CancellationToken stopping) =>
        SendAsync(message.ToJsonString(), stopping);

    /// <summary>Sends what the JSON says, in the form that was agreed on.</summary>
    public ValueTask SendAsync(string json, CancellationToken stopping) => IsMessagePack
        ? SendAsync(MessagePackJson.FromJson(json), WebSocketMessageType.Binary, stopping)
        : SendAsync(Encoding.UTF8.GetBytes(json), WebSocketMessageType.Text, stopping);

    /// <summary>Sends bytes as they are, right or wrong.</summary>
    public ValueTask SendAsync(ReadOnlyMemory<byte> bytes, WebSocketMessageType type, CancellationToken stopping) =>
        _socket.SendAsync(bytes, type, endOfMessage: true, stopping);

    /// <summary>The next message, as JSON in either form; null when the connection has ended, in whatever
    /// way.</summary>
    public async Task<JsonDocument?> ReceiveAsync(CancellationToken stopping) =>
        await ReceiveFrameAsync(stopping) is not { } frame ? null
            : IsMessagePack ? JsonDocument.Parse(MessagePackJson.ToJson(frame.Span))
            : JsonDocument.Parse(frame.ToArray());

    /// <summary>The same as it came; valid until the next one is received.</summary>
    public async Task<ReadOnlyMemory<byte>?> ReceiveFrameAsync(CancellationToken stopping)
    {
        _message.ResetWrittenCount();
        while (true)
        {
            ValueWebSocketReceiveResult received;
            try
            {
                received = await _socket.ReceiveAsync(_message.GetMemory(4096), stopping);
            }
            catch (Exception failure) when (failure is WebSocketException or IOException or ObjectDisposedException)
            {
                return null;
            }

            if (received.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }

            _message.Advance(received.Count);
            Assert.True(_message.WrittenCount <= MessageBytesMax, "A message of more than 16 MiB.");
            if (received.EndOfMessage)
            {
                Assert.Equal(
                    IsMessagePack ? WebSocketMessageType.Binary : WebSocketMessageType.Text, received.MessageType);
                return _message.WrittenMemory;
            }
        }
    }

    /// <summary>
    /// Resets the TCP connection: no close frame, no TLS goodbye, as when a cable is pulled and a process dies.
    /// </summary>
    public void Cut()
    {
        if (Volatile.Read(ref _tcp) is { } tcp)
        {
            try
            {
                tcp.LingerState = new LingerOption(true, 0);
            }
            catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
            {
                // Closed already.
            }

            tcp.Dispose();
        }
    }

    /// <summary>Says goodbye as a good client does.</summary>
    public async Task CloseAsync(CancellationToken stopping)
    {
        try
        {
            await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, stopping);
        }
        catch (Exception failure) when (failure is WebSocketException or IOException or ObjectDisposedException
            or InvalidOperationException)
        {
            // Ended already.
        }
    }

    public void Dispose()
    {
        _socket.Dispose();
        _invoker.Dispose();
        _handler.Dispose();
        _tcp?.Dispose();
    }
}
