using System.Buffers;
using System.IO.Pipelines;
using Realtime.Hosting.Identity;
using Realtime.Hosting.Problems;
using Realtime.Hosting.Sockets;
using Realtime.Log.Budgets;
using Realtime.Protocol;
using Realtime.Protocol.Messages;
using Realtime.Protocol.WebSockets;
using Realtime.Workers.Budgets;
using Realtime.Workers.Delivery;
using Realtime.Workers.Stamp;

namespace Realtime.Workers.Connections;

/// <summary>
/// A WebSocket from its handshake to its end, whoever is on it: one receive loop and one send loop each, a place among
/// all connections, and the close handshake. Its request ends when it is open, if the connection can be taken.
/// </summary>
internal sealed partial class WebSocketServer(
    ConnectionRegistry registry, TenantPlaces places, ConnectionOptions options, ConnectionMetrics metrics,
    TimeProvider clock,
    ILogger<WebSocketServer> logger)
{
    private const int NoStatus = 1005;

    /// <summary>Opens what is behind an accepted socket.</summary>
    public delegate ISocket Opening(Subprotocol subprotocol, PipeWriter output, CancellationToken closed);

    /// <summary>Serves one request to upgrade; <paramref name="transport"/> is its label in metrics.</summary>
    public async Task ServeAsync(HttpContext context, string transport, ConnectionKind kind, Opening open)
    {
        if (WebSocketHandshake.Check(context) is { } wrong)
        {
            metrics.Refused("bad_handshake");
            await Problem.WriteAsync(context, StatusCodes.Status400BadRequest, ErrorCodes.BadRequest, wrong);
            return;
        }

        if (!registry.TryTakePlace())
        {
            await Refusals.WriteAsync(context, registry, metrics);
            return;
        }

        try
        {
            Identity identity = context.GetIdentity();
            if (await places.EnterAsync(identity, context.RequestAborted) is not PlaceRefusal.None and var refusal)
            {
                await Refusals.WriteAsync(context, refusal, metrics);
                return;
            }

            try
            {
                await ServeAcceptedAsync(context, transport, kind, open);
            }
            finally
            {
                context.WhenOver(() => places.Leave(identity));
            }
        }
        finally
        {
            context.WhenOver(registry.GiveBackPlace);
        }
    }

    private async Task ServeAcceptedAsync(HttpContext context, string transport, ConnectionKind kind, Opening open)
    {
        long openedAt = clock.GetTimestamp();
        Subprotocol subprotocol = WebSocketHandshake.SubprotocolOf(context)!;
        metrics.Opened(transport);
        ServedSocket? served = null;
        try
        {
            AcceptedSocket accepted = await WebSocketHandshake.AcceptAsync(context, subprotocol);
            served = new ServedSocket(accepted, kind, subprotocol, clock);
            served.Open(open);
            if (TakenConnection.Of(context) is { } connection)
            {
                // The request ends here: what it holds is as much as all the rest of an idle viewer.
                connection.TakeAfter(() => ServeAsync(served));
            }
            else
            {
                await ServeAsync(served);
            }
        }
        finally
        {
            context.WhenOver(
                () => metrics.Closed(transport, served?.CloseCode, clock.GetElapsedTime(openedAt)));
        }
    }

    private async Task ServeAsync(ServedSocket served)
    {
        await using ISocket socket = served.Socket;
        IConnection connection = socket.Connection;
        Outbox outbox = connection.Outbox;
        var registered = new RegisteredConnection(connection, served.Kind, clock.GetUtcNow(), served.Abort);
        registry.Add(registered);
        Log.Opened(logger, connection.SessionId, connection.Identity.ConnectionId);
        Task<bool> sending = socket.SendAsync();
        Task<CloseCode?> receiving = ReceiveAsync(served);
        try
        {
            if (await Task.WhenAny(sending, receiving) == sending)
            {
                if (await sending)
                {
                    // We have said goodbye; the peer may still answer.
                    served.CloseAfter(options.CloseTimeout);
                }
                else
                {
                    // It takes nothing: without this, the bytes that wait would keep the socket for minutes.
                    served.Abort();
                }
            }

            CloseCode? code = await receiving;
            // A close frame is answered by one (RFC 6455, section 5.5.1); numbers that only stand for "none" are not
            // sent.
            outbox.Close(code is null or (CloseCode)NoStatus ? CloseCode.Normal : code.Value, string.Empty);
            if (code is null)
            {
                outbox.Abort();
            }

            if (code is null && registered.CutAt != 0)
            {
                // Nobody is there who could take what waits: without this it would keep the socket for minutes.
                served.Abort();
            }

            await sending;
            CloseCode? said = outbox.PeekClose()?.Code;
            Log.Closed(logger, connection.SessionId, said);
            served.CloseCode = code is null && said is CloseCode.Normal ? null : said;
        }
        finally
        {
            registry.Remove(registered);
            await served.DisposeAsync();
            outbox.Abort();
            await Task.WhenAll(sending, receiving).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await served.Input.CompleteAsync();
        }
    }

    /// <summary>Reads what the peer sends; returns the code it closed with, or null if it went without one.</summary>
    private async Task<CloseCode?> ReceiveAsync(ServedSocket served)
    {
        ISocket socket = served.Socket;
        PipeReader input = served.Input;
        CancellationToken closed = served.Closed;
        Outbox outbox = socket.Connection.Outbox;
        ConnectionRate rate = socket.Rate;
        try
        {
            await socket.BeginAsync();
            using var reader = new WebSocketMessageReader(input, socket.ReaderOptions);
            while (true)
            {
                WebSocketRead read = await reader.ReadAsync(closed);
                rate.TakeBytes(read.Payload.Length);
                switch (read.Kind)
                {
                    case WebSocketReadKind.Text or WebSocketReadKind.Binary when read.Kind == served.Subprotocol.Frames:
                        await socket.HandleAsync(reader, read.Payload);
                        break;
                    case WebSocketReadKind.Text or WebSocketReadKind.Binary:
                        outbox.Close(CloseCode.BadMessage, served.Subprotocol.Rule);
                        break;
                    case WebSocketReadKind.Ping:
                        rate.TakeControl();
                        outbox.PostPong(read.Payload.ToArray());
                        break;
                    case WebSocketReadKind.Pong when !outbox.TakePong(read.Payload.Span):
                        rate.TakeControl(); // It answers nothing that we asked.
                        break;
                    case WebSocketReadKind.Violation:
                        outbox.Close((CloseCode)read.CloseCode, read.Reason);
                        await DiscardAsync(input, closed);
                        return null;
                    case WebSocketReadKind.Close:
                        return (CloseCode)read.CloseCode;
                    case WebSocketReadKind.EndOfStream:
                        return null;
                }

                if (rate.Exceeded is { } what)
                {
                    EndTooFast(socket.Connection, served.Kind, what);
                    await DiscardAsync(input, closed);
                    return null;
                }

                if (rate.Wait is var wait && wait > TimeSpan.Zero)
                {
                    // Not reading is what slows a producer down; what it sent meanwhile waits in its own buffers.
                    metrics.Slowed();
                    await Task.Delay(wait, clock, closed);
                }
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            return null;
        }
    }

    private void EndTooFast(IConnection connection, ConnectionKind kind, string what)
    {
        metrics.TooFast(kind, what);
        Log.TooFast(logger, connection.SessionId, what);
        var json = new ArrayBufferWriter<byte>(128);
        ServerMessages.WriteError(
            json, ErrorCodes.RateLimited, $"Too many {what} a second; connect again, and send less.", op: null,
            id: null, retry: true);
        connection.Outbox.Post(new ControlMessage("error", json.WrittenMemory));
        connection.Outbox.Close(CloseCode.LimitReached, ErrorCodes.RateLimited);
    }

    /// <summary>
    /// Takes what follows a violation off the wire, unread, until the peer ends or the close timeout passes: a socket
    /// closed over unread bytes is reset, and the close frame that says what was wrong would be lost with it.
    /// </summary>
    private static async Task DiscardAsync(PipeReader input, CancellationToken closed)
    {
        ReadResult read;
        do
        {
            read = await input.ReadAsync(closed);
            input.AdvanceTo(read.Buffer.End);
        }
        while (!read.IsCompleted);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "Session {Session} opened (connection {ConnectionId}).")]
        public static partial void Opened(ILogger logger, string session, string? connectionId);

        [LoggerMessage(2, LogLevel.Debug, "Session {Session} closed ({CloseCode}).")]
        public static partial void Closed(ILogger logger, string session, CloseCode? closeCode);

        [LoggerMessage(3, LogLevel.Debug,
            "Session {Session} sent too many {What} a second, and is closed 4429.")]
        public static partial void TooFast(ILogger logger, string session, string what);
    }
}
