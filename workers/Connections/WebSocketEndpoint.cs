using Realtime.Protocol;
using Realtime.Protocol.Messages;
using Realtime.Protocol.WebSockets;
using Realtime.Workers.Queries;
using Realtime.Workers.Stamp;

namespace Realtime.Workers.Connections;

/// <summary>
/// <c>/ws/agents</c> and <c>/ws/terminal/{task}</c>: both speak the same protocol. What is wrong with the query is said
/// on the open socket, since a browser's script can't see a refused handshake.
/// </summary>
internal sealed class WebSocketEndpoint(
    WebSocketServer server, ConnectionFactory factory, ConnectionOptions options, ConnectionMetrics metrics,
    TimeProvider clock)
{
    private const string Transport = "websocket";

    private readonly ClientMessageLimits _limits = new();
    private readonly WebSocketReaderOptions _readerOptions = new() { MessageBytesMax = options.MessageBytesMax };

    public Task AgentsAsync(HttpContext context) => ServeAsync(context, task: null);

    public Task TerminalAsync(HttpContext context, string task) => ServeAsync(context, task);

    private Task ServeAsync(HttpContext context, string? task) =>
        server.ServeAsync(context, Transport, ConnectionKind.Viewer, (subprotocol, output, closed) =>
        {
            var query = new QueryReader(context.Request.Query);
            TimeSpan heartbeat = HeartbeatQuery.Read(query, options);
            OpenConnection open = factory.Open(context.GetIdentity(), subprotocol.Format, heartbeat, output, closed);
            return new Viewer(this, open, subprotocol, query, task);
        });

    private static async Task SubscribeDefaultAsync(ClientConnection connection, QueryReader query, string? task)
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
                query, after: null, always: false);
            refusal = Wrong(query) ?? (wanted is null ? null : await connection.SubscribeAsync(wanted));
        }

        if (refusal is { } reason)
        {
            connection.PostError(reason.Code, reason.Detail, "subscribe", QuerySubscription.Id, reason.Retry);
            connection.Outbox.Close(reason.CloseCode, reason.Code);
        }
    }

    private ConnectionRate NewRate() => new(options.Rates.OfViewers, options.Rates, isPatient: false, clock);

    private static Refusal? Wrong(QueryReader query) => query.Errors.Count == 0
        ? null
        : new Refusal(
            ErrorCodes.BadRequest,
            string.Join(" ", query.Errors.Select(static error => $"{error.Where}: {error.Detail}")),
            CloseCode.BadMessage);

    private async Task HandleAsync(
        ClientConnection connection, ConnectionRate rate, Subprotocol subprotocol, ReadOnlyMemory<byte> frame,
        List<ClientMessage> messages)
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
            if (message is not ClientMessage.Ack)
            {
                // Acknowledgements follow what is sent to the client, at its rate; their bytes count.
                rate.TakeMessage();
            }

            if (rate.Exceeded is not null)
            {
                return;
            }

            await connection.HandleAsync(message);
            while (connection.Outbox.IsControlFull)
            {
                await connection.Outbox.Room.WaitAsync();
            }
        }
    }

    private sealed class Viewer(
        WebSocketEndpoint endpoint, OpenConnection open, Subprotocol subprotocol, QueryReader query, string? task)
        : ISocket
    {
        private readonly List<ClientMessage> _messages = [];

        // Read once; what it was read from is let go.
        private QueryReader? _query = query;

        public IConnection Connection => open.Connection;

        public WebSocketReaderOptions ReaderOptions => endpoint._readerOptions;

        public ConnectionRate Rate { get; } = endpoint.NewRate();

        public Task<bool> SendAsync() => open.Sender.RunAsync();

        public Task BeginAsync()
        {
            QueryReader first = _query!;
            _query = null;
            return SubscribeDefaultAsync(open.Connection, first, task);
        }

        public Task HandleAsync(WebSocketMessageReader reader, ReadOnlyMemory<byte> frame) =>
            endpoint.HandleAsync(open.Connection, Rate, subprotocol, frame, _messages);

        public ValueTask DisposeAsync() => open.DisposeAsync();
    }
}
