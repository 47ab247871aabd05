using System.IO.Pipelines;
using Realtime.Protocol.WebSockets;
using Realtime.Workers.Connections;
using Realtime.Workers.Delivery;
using Realtime.Workers.Queries;
using Realtime.Workers.Stamp;

namespace Realtime.Workers.Ingest.Sockets;

/// <summary>
/// <c>WS /v1/publish</c>: what <c>POST /v1/events</c> and <c>POST /v1/tasks/{task}/terminal…</c> do, on one socket.
/// <c>task</c> in the query is for the edge, which brings the producer to the worker of that terminal's viewers.
/// </summary>
internal sealed class PublishSocketEndpoint(WebSocketServer server, ProducerServices services)
{
    private const string Transport = "publish";

    // What stands around the bytes or events in a message.
    private const int EnvelopeBytes = 4096;

    public Task ServeAsync(HttpContext context) =>
        server.ServeAsync(context, Transport, ConnectionKind.Producer, (subprotocol, output, closed) =>
        {
            var query = new QueryReader(context.Request.Query);
            var pulse = new Pulse(services.Clock, HeartbeatQuery.Read(query, services.Connections));
            var connection = new ProducerConnection(
                context.GetIdentity(), subprotocol, services, pulse, MessageBytesMax(subprotocol), closed);
            return new Socket(services, connection, output, query);
        });

    // In JSON, bytes are base64, which is a third longer.
    private int MessageBytesMax(Subprotocol subprotocol) => EnvelopeBytes + (subprotocol == Subprotocol.MessagePack
        ? services.Ingest.BodyBytesMax
        : (services.Ingest.BodyBytesMax + 2) / 3 * 4);

    private sealed class Socket : ISocket
    {
        private readonly ProducerServices _services;
        private readonly ProducerConnection _connection;
        private readonly ProducerSender _sender;
        private readonly QueryReader _query;

        public Socket(
            ProducerServices services, ProducerConnection connection, PipeWriter output, QueryReader query)
        {
            _services = services;
            _connection = connection;
            _query = query;
            _sender = new ProducerSender(connection.Outbox, output, new Flusher(
                connection.Outbox, output, services.Delivery, services.Connections.CloseTimeout,
                services.DeliveryMetrics, services.Clock, services.Logger));
            ReaderOptions = new WebSocketReaderOptions
            {
                MessageBytesMax = connection.MessageBytesMax,
                Reserve = connection.TryReserve,
                Release = bytes => services.Budget.Return(bytes),
            };
            Rate = new ConnectionRate(
                services.Connections.Rates.OfProducers, services.Connections.Rates, isPatient: true, services.Clock);
            connection.Welcome();
        }

        public IConnection Connection => _connection;

        public WebSocketReaderOptions ReaderOptions { get; }

        public ConnectionRate Rate { get; }

        public Task<bool> SendAsync() => _sender.RunAsync();

        public Task BeginAsync()
        {
            if (_query.ReadText("task") is { } task)
            {
                TaskName.Check(_query, task);
            }

            if (_query.Errors.Count > 0)
            {
                _connection.RefuseQuery(_query.Errors);
            }

            return Task.CompletedTask;
        }

        public async Task HandleAsync(WebSocketMessageReader reader, ReadOnlyMemory<byte> frame)
        {
            (byte[] buffer, int reserved) = frame.IsEmpty ? ([], 0) : reader.TakeBuffer();
            var held = new ProducerFrame(buffer, reserved, _services.Budget);
            try
            {
                Rate.TakeMessages(_connection.Handle(held, frame.Length));
            }
            finally
            {
                held.Release();
            }

            Outbox outbox = _connection.Outbox;
            while (outbox.IsControlFull)
            {
                await outbox.Room.WaitAsync();
            }
        }

        public ValueTask DisposeAsync() => _connection.DisposeAsync();
    }
}
