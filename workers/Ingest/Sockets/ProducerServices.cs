using Realtime.Log;
using Realtime.Workers.Connections;
using Realtime.Workers.Delivery;
using Realtime.Workers.Ingest.Leases;

namespace Realtime.Workers.Ingest.Sockets;

/// <summary>What all producers' connections of a worker share.</summary>
internal sealed record ProducerServices(
    IPartitionedLog Log,
    EventIngest Events,
    TerminalIngest Terminals,
    LeaseIngest Leases,
    Refusals Refusals,
    ByteBudget Budget,
    IngestOptions Ingest,
    PublishSocketOptions Options,
    ConnectionOptions Connections,
    TokenRenewals Renewals,
    DeliveryOptions Delivery,
    DeliveryMetrics DeliveryMetrics,
    IngestMetrics Metrics,
    PublishSocketMetrics SocketMetrics,
    TimeProvider Clock,
    ILogger<ProducerConnection> Logger);
