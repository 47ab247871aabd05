using System.Collections.Immutable;
using Realtime.Edge.Admin.Asking;
using Realtime.Edge.Door;
using Realtime.Edge.Forwarding;
using Realtime.Edge.Limits;
using Realtime.Edge.Tls;

namespace Realtime.Edge.Admin.Settings;

/// <summary><c>GET /admin/limits</c>: what may be, and what is.</summary>
internal sealed class LimitsEndpoint(
    EdgeOptions edge, ConnectionLimitOptions limits, DoorOptions door, AddressLimits addresses, HandshakeGate gate,
    ListenerOptions listener, WorkerTable workers, WorkerAsk ask)
{
    public async Task GetAsync(HttpContext context)
    {
        var query = AdminQuery.Of(context);
        if (query.IsWrong)
        {
            await query.RefuseAsync();
            return;
        }

        ImmutableArray<WorkerWord> words = await ask.AskAllAsync(
            HttpMethod.Get, "/internal/limits", context.RequestAborted);
        await AdminJson.WriteAsync(
            context,
            new LimitsDocument(edge.EdgeId, OfEdge(), WorkerAnswer.Among(words), Unanswered.Among(words)));
    }

    private ImmutableArray<EdgeLimit> OfEdge() =>
    [
        new($"{ConnectionLimitOptions.Section}:connections_max", limits.ConnectionsMax,
            workers.All.Sum(worker => worker.Connections)),
        new($"{ConnectionLimitOptions.Section}:tenant_connections_max", limits.TenantConnectionsMax, Used: null),
        new($"{ConnectionLimitOptions.Section}:subject_connections_max", limits.SubjectConnectionsMax, Used: null),
        new($"{DoorOptions.Section}:connections_per_second", door.ConnectionsPerSecond, Used: null),
        new($"{DoorOptions.Section}:handshakes_per_second", door.HandshakesPerSecond, Used: null),
        new($"{DoorOptions.Section}:handshakes_at_once_max", door.HandshakesAtOnce, Used: null),
        new($"{DoorOptions.Section}:handshake_queue_max", door.HandshakeQueueMax, gate.Waiting),
        new($"{DoorOptions.Section}:address_connections_per_second", door.AddressConnectionsPerSecond, Used: null),
        new($"{DoorOptions.Section}:address_handshakes_per_second", door.AddressHandshakesPerSecond, Used: null),
        new($"{DoorOptions.Section}:address_requests_per_second", door.AddressRequestsPerSecond, Used: null),
        new($"{DoorOptions.Section}:address_sockets_max", door.AddressSocketsMax, Used: null),
        new($"{DoorOptions.Section}:redeems_at_once_max", door.RedeemsAtOnceMax, Used: null),
        new($"{DoorOptions.Section}:addresses_max", door.AddressesMax, addresses.Known),
        new($"{ListenerOptions.Section}:connections_max", listener.ConnectionsMax, Used: null),
        new($"{ListenerOptions.Section}:request_head_bytes_max", listener.RequestHeadBytesMax, Used: null),
        new($"{ListenerOptions.Section}:request_headers_max", listener.RequestHeadersMax, Used: null),
        new($"{ListenerOptions.Section}:request_body_bytes_max", listener.RequestBodyBytesMax, Used: null),
        new($"{ListenerOptions.Section}:unsent_bytes", listener.UnsentBytesMax, Used: null),
        new($"{ListenerOptions.Section}:http2_streams_max", listener.Http2StreamsMax, Used: null),
    ];
}
