using System.IO.Pipelines;
using Realtime.Hosting.Problems;
using Realtime.Protocol;
using Realtime.Protocol.Messages;
using Realtime.Protocol.WebSockets;
using Realtime.Workers.Delivery;
using Realtime.Workers.Queries;
using Realtime.Workers.Stamp;

namespace Realtime.Workers.Connections;

/// <summary>
/// <c>/ws/agents</c> and <c>/ws/terminal/{task}</c>: both speak the same protocol. One receive loop and one send loop each. What
/// is wrong with the query is said on the open socket, since a browser's script can't see a refused handshake.
/// </summary>
internal sealed partial class WebSocketEndpoint(
    ConnectionFactory factory,
    ConnectionRegistry registry,
    ConnectionOptions options,
    ConnectionMetrics metrics,
    TimeProvider clock,
    ILogger<WebSocketEndpoint> logger)
{
    private const string Transport = "websocket";
    private const int NoStatus = 1005;

    private readonly ClientMessageLimits _limits = new();

    public Task AgentsAsync(HttpContext context) => ServeAsync(context, task: null);

    public Task TerminalAsync(HttpContext context, string task) => ServeAsync(context, task);

    private async Task ServeAsync(HttpContext context, string? task)
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

        CloseCode? closeCode = null;
        metrics.Opened(Transport);
        try
        {
            Subprotocol subprotocol = WebSocketHandshake.SubprotocolOf(context)!;
            IDuplexPipe pipe = await WebSocketHandshake.AcceptAsync(context, subprotocol);
            closeCode = await ServeAsync(context, subprotocol, pipe, task);
        }
        finally
        {
            metrics.Closed(Transport, closeCode);
            registry.GiveBackPlace();
        }
    }

    private async Task<CloseCode?> ServeAsync(HttpContext context, Subprotocol subprotocol, IDuplexPipe pipe, string? task)
    {
        using var goodbye = new CancellationTokenSource(Timeout.InfiniteTimeSpan, clock);
        using var closed = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, goodbye.Token);
        await using OpenConnection open = factory.Open(
            context.GetIdentity(), subprotocol.Format, pipe.Output, closed.Token);
        Outbox outbox = open.Connection.Outbox;
        using CancellationTokenRegistration gone = context.RequestAborted.Register(outbox.Abort);
        registry.Add(open.Connection);
        Log.Opened(logger, open.Connection.SessionId, open.Connection.Identity.ConnectionId);
        Task<bool> sending = open.Sender.RunAsync();
        Task<CloseCode?> receiving = ReceiveAsync(
            open.Connection, subprotocol, pipe.Input, new QueryReader(context.Request.Query), task, closed.Token);
        try
        {
            if (await Task.WhenAny(sending, receiving) == sending)
            {
                if (await sending)
                {
                    // We have said goodbye; the peer may still answer.
                    goodbye.CancelAfter(options.CloseTimeout);
                }
                else
                {
                    // It takes nothing: without this, the bytes that wait would keep the socket for minutes.
                    context.Abort();
                }
            }

            CloseCode? code = await receiving;
            // A close frame is answered by one (RFC 6455, section 5.5.1); numbers that only stand for "none" are not sent.
            outbox.Close(code is null or (CloseCode)NoStatus ? CloseCode.Normal : code.Value, string.Empty);
            if (code is null)
            {
                outbox.Abort();
            }

            await sending;
            CloseCode? said = outbox.PeekClose()?.Code;
            Log.Closed(logger, open.Connection.SessionId, said);
            return code is null && said is CloseCode.Normal ? null : said;
        }
        finally
        {
            registry.Remove(open.Connection);
            await closed.CancelAsync();
            outbox.Abort();
            await Task.WhenAll(sending, receiving).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await pipe.Input.CompleteAsync();
        }
    }

    /// <summary>Handles what the client sends; returns the code it closed with, or null if it went without one.</summary>
    private async Task<CloseCode?> ReceiveAsync(
        ClientConnection connection, Subprotocol subprotocol, PipeReader input, QueryReader query, string? task,
        CancellationToken closed)
    {
        try
        {
            await SubscribeDefaultAsync(connection, query, task);
            using var reader = new WebSocketMessageReader(
                input, new WebSocketReaderOptions { MessageBytesMax = options.MessageBytesMax });
            var messages = new List<ClientMessage>();
            while (true)
            {
                WebSocketRead read = await reader.ReadAsync(closed);
                switch (read.Kind)
                {
                    case WebSocketReadKind.Text or WebSocketReadKind.Binary when read.Kind == subprotocol.Frames:
                        await HandleAsync(connection, subprotocol, read.Payload, messages);
                        break;
                    case WebSocketReadKind.Text or WebSocketReadKind.Binary:
                        connection.Outbox.Close(CloseCode.BadMessage, subprotocol.Rule);
                        break;
                    case WebSocketReadKind.Ping:
                        connection.Outbox.PostPong(read.Payload.ToArray());
                        break;
                    case WebSocketReadKind.Violation:
                        connection.Outbox.Close((CloseCode)read.CloseCode, read.Reason);
                        await DiscardAsync(input, closed);
                        return null;
                    case WebSocketReadKind.Close:
                        return (CloseCode)read.CloseCode;
                    case WebSocketReadKind.EndOfStream:
                        return null;
                }
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            return null;
        }
    }

    /// <summary>
    /// Takes what follows a violation off the wire, unread, until the peer ends or the close timeout passes: a socket closed
    /// over unread bytes is reset, and the close frame that says what was wrong would be lost with it.
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

    private async Task SubscribeDefaultAsync(ClientConnection connection, QueryReader query, string? task)
    {
        Refusal? refusal = null;
        if (QuerySubscription.ReadsLz4(query))
        {
            connection.UseLz4();
        }

        if (task is not null)
        {
            ClientMessage.SubscribeTerminal wanted = QuerySubscription.ReadTerminal(query, task);
            refusal = Wrong(query) ?? await connection.SubscribeAsync(wanted);
        }
        else
        {
            ClientMessage.Subscribe? wanted = QuerySubscription.ReadEvents(
                query, factory.PartitionCount, after: null, always: false);
            refusal = Wrong(query) ?? (wanted is null ? null : await connection.SubscribeAsync(wanted));
        }

        if (refusal is { } reason)
        {
            connection.PostError(reason.Code, reason.Detail, "subscribe", QuerySubscription.Id, reason.Retry);
            connection.Outbox.Close(reason.CloseCode, reason.Code);
        }
    }

    private static Refusal? Wrong(QueryReader query) => query.Errors.Count == 0
        ? null
        : new Refusal(
            ErrorCodes.BadRequest, string.Join(" ", query.Errors.Select(static error => $"{error.Where}: {error.Detail}")),
            CloseCode.BadMessage);

    private async Task HandleAsync(
        ClientConnection connection, Subprotocol subprotocol, ReadOnlyMemory<byte> frame, List<ClientMessage> messages)
    {
        messages.Clear();
        if (!subprotocol.TryRead(frame.Span, _limits, messages, out string? error))
        {
            connection.Outbox.Close(CloseCode.BadMessage, error ?? string.Empty);
            return;
        }

        foreach (ClientMessage message in messages)
        {
            metrics.MessageRead();
            await connection.HandleAsync(message);
            while (connection.Outbox.IsControlFull)
            {
                await connection.Outbox.Room.WaitAsync();
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "Session {Session} opened (connection {ConnectionId}).")]
        public static partial void Opened(ILogger logger, string session, string? connectionId);

        [LoggerMessage(2, LogLevel.Debug, "Session {Session} closed ({CloseCode}).")]
        public static partial void Closed(ILogger logger, string session, CloseCode? closeCode);
    }
}
