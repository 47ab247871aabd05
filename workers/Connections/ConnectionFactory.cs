using System.IO.Pipelines;
using Realtime.Hosting.Configuration;
using Realtime.Hosting.Identity;
using Realtime.Log;
using Realtime.Workers.Delivery;
using Realtime.Workers.Delivery.Terminals;
using Realtime.Workers.Tail;

namespace Realtime.Workers.Connections;

/// <summary>Puts a connection together with its send loop, for any transport.</summary>
internal sealed class ConnectionFactory(
    IPartitionedLog log,
    TailRegistry<StreamKey, StreamTail> streams,
    TailRegistry<TerminalKey, TerminalTail> terminals,
    HistoryReader history,
    ConnectionPlaneOptions plane,
    TokenRenewals renewals,
    DeliveryOptions delivery,
    DeliveryMetrics metrics,
    TimeProvider clock,
    ILogger<Sender> logger)
{
    public OpenConnection Open(
        Identity identity, IWireFormat format, TimeSpan heartbeat, PipeWriter output, CancellationToken closed)
    {
        var outbox = new Outbox(format, delivery, plane.BackpressureThresholdBytes, metrics);
        var lane = new TerminalLane(outbox, delivery, metrics, clock);
        var notices = new Notices(format, metrics);
        var replay = new ReplayFlow(outbox, lane.Flow, delivery, clock);
        var catchUp = new CatchUp(outbox, notices, history, replay, delivery, metrics, clock);
        var connection = new ClientConnection(
            new HeldIdentity(identity),
            SessionId.Create(),
            outbox,
            new EventSubscriber(identity.Tenant, outbox, log.PartitionCount, streams, history, metrics),
            new TerminalSubscriber(identity.Tenant, outbox, lane, log, terminals),
            new Pulse(clock, heartbeat),
            renewals,
            delivery.TerminalWindowBytes,
            closed);
        var sender = new Sender(
            outbox, output, replay, catchUp, new StartLane(outbox, notices, replay), lane,
            new Flusher(outbox, output, delivery, renewals.Options.CloseTimeout, metrics, clock, logger), delivery,
            metrics);
        connection.Welcome();
        return new OpenConnection(connection, sender, catchUp, lane);
    }
}
