using System.Collections.Concurrent;
using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Realtime.Tests.Edge;

/// <summary>The WebSockets of a <see cref="FakeWorker"/>, which do what the client tells them to.</summary>
internal sealed class EchoSockets(string id)
{
    private readonly ConcurrentDictionary<WebSocket, bool> _open = new();

    /// <summary>Closes all WebSockets that are open.</summary>
    public Task CloseAllAsync(int code) => Task.WhenAll(_open.Keys.Select(socket =>
        socket.CloseOutputAsync((WebSocketCloseStatus)code, "leave", CancellationToken.None)));

    /// <summary>
    /// Says its id, then sends back whatever comes; <c>close CODE REASON</c> closes with these, <c>leave</c> too, but
    /// does not wait for the other side, and <c>flood</c> sends until the connection breaks.
    /// </summary>
    public async Task EchoAsync(HttpContext context)
    {
        string? subprotocol = context.WebSockets.WebSocketRequestedProtocols.FirstOrDefault();
        using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync(subprotocol);
        _open[socket] = true;
        try
        {
            await TalkAsync(context, socket);
        }
        finally
        {
            _open.TryRemove(socket, out _);
        }
    }

    private async Task TalkAsync(HttpContext context, WebSocket socket)
    {
        await socket.SendAsync(Encoding.UTF8.GetBytes(id), WebSocketMessageType.Text, true, context.RequestAborted);
        byte[] buffer = new byte[64 * 1024];
        while (true)
        {
            ValueWebSocketReceiveResult part = await socket.ReceiveAsync(buffer.AsMemory(), context.RequestAborted);
            string text = Encoding.UTF8.GetString(buffer, 0, Math.Min(part.Count, 64));
            if (part.MessageType == WebSocketMessageType.Close)
            {
                if (socket.State == WebSocketState.CloseReceived)
                {
                    await socket.CloseOutputAsync(
                        socket.CloseStatus!.Value, socket.CloseStatusDescription, context.RequestAborted);
                }

                return;
            }

            if (text.Split(' ', 3) is ["close", string code, string reason])
            {
                await socket.CloseAsync(
                    (WebSocketCloseStatus)int.Parse(code, CultureInfo.InvariantCulture),
                    reason, context.RequestAborted);
                return;
            }

            if (text == "leave")
            {
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, context.RequestAborted);
                return;
            }

            while (text == "flood")
            {
                await socket.SendAsync(buffer, WebSocketMessageType.Binary, true, context.RequestAborted);
            }

            await socket.SendAsync(
                buffer.AsMemory(0, part.Count), part.MessageType, part.EndOfMessage, context.RequestAborted);
        }
    }
}
