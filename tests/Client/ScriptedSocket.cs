using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;
using Realtime.Tests.Support;

namespace Realtime.Tests.Client;

/// <summary>The server's end of one WebSocket, in the test's hand.</summary>
internal sealed class ScriptedSocket(WebSocket socket, HttpContext context)
{
    private readonly Channel<JsonObject> _heard = Channel.CreateBounded<JsonObject>(1000);

    /// <summary>The token that the client showed, if it did.</summary>
    public string? Token { get; } = context.WebSockets.WebSocketRequestedProtocols
        .SingleOrDefault(name => name.StartsWith("bearer.", StringComparison.Ordinal))?["bearer.".Length..];

    /// <summary>What it asked for: path and query.</summary>
    public string Address { get; } = context.Request.Path + context.Request.QueryString.Value;

    /// <summary>Completes with the code by which the client closed it; null if it broke.</summary>
    public TaskCompletionSource<int?> Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Lets the client in.</summary>
    public Task WelcomeAsync(int heartbeatMs = 20_000) => SayAsync(
        $$$"""
        {"op":"welcome","protocol":"realtime.v1","connection":"c1","server":"test","time":1795230320703,
        "heartbeat_ms":{{{heartbeatMs}}},
        "limits":{"message_bytes":65536,"subscriptions":64,"terminal_window_bytes":262144}}
        """);

    /// <summary>What was offered, in its order.</summary>
    public IList<string> Offered { get; } = context.WebSockets.WebSocketRequestedProtocols;

    private bool IsMessagePack => socket.SubProtocol == "realtime.v1.msgpack";

    /// <summary>Says something in the form that is spoken.</summary>
    public Task SayAsync(string json) => IsMessagePack
        ? SendAsync(MessagePackJson.FromJson(json), WebSocketMessageType.Binary)
        : SendAsync(Encoding.UTF8.GetBytes(json), WebSocketMessageType.Text);

    public Task SendAsync(byte[] frame, WebSocketMessageType type) =>
        socket.SendAsync(frame, type, endOfMessage: true, CancellationToken.None);

    /// <summary>The next message of the client.</summary>
    public async Task<JsonObject> HearAsync() =>
        await _heard.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10));

    public Task CloseAsync(int code, string reason = "") =>
        socket.CloseOutputAsync((WebSocketCloseStatus)code, reason, CancellationToken.None);

    /// <summary>The connection breaks.</summary>
    public void Cut() => context.Abort();

    /// <summary>Receives until the end.</summary>
    public async Task RunAsync(CancellationToken ended)
    {
        byte[] buffer = new byte[64 * 1024];
        int length = 0;
        try
        {
            while (true)
            {
                ValueWebSocketReceiveResult part = await socket.ReceiveAsync(buffer.AsMemory(length), ended);
                if (part.MessageType == WebSocketMessageType.Close)
                {
                    Ended.TrySetResult((int?)socket.CloseStatus);
                    if (socket.State == WebSocketState.CloseReceived)
                    {
                        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, ended);
                    }

                    return;
                }

                length += part.Count;
                if (part.EndOfMessage)
                {
                    Assert.Equal(IsMessagePack, part.MessageType == WebSocketMessageType.Binary);
                    string json = IsMessagePack
                        ? MessagePackJson.ToJson(buffer.AsSpan(0, length))
                        : Encoding.UTF8.GetString(buffer, 0, length);
                    await _heard.Writer.WriteAsync(JsonNode.Parse(json)!.AsObject(), ended);
                    length = 0;
                }
            }
        }
        catch (Exception failure) when (failure is WebSocketException or OperationCanceledException or IOException)
        {
            Ended.TrySetResult(null);
        }
    }
}
