using Realtime.Hosting.Configuration;
using Realtime.Log;
using Realtime.Workers.Budgets;
using Realtime.Workers.Connections;
using Realtime.Workers.Delivery;
using Realtime.Workers.History;
using Realtime.Workers.Ingest;
using Realtime.Workers.Ingest.Sockets;
using Realtime.Workers.Queries;
using Realtime.Workers.Revocations;
using Realtime.Workers.Tail;

namespace Realtime.Workers.Internal;

/// <summary><c>/internal/limits</c>: the limits of this worker, and how far each is used.</summary>
internal sealed class LimitsEndpoint(
    ConnectionRegistry registry, ConnectionOptions connections, ConnectionPlaneOptions plane, DeliveryOptions delivery,
    BudgetOptions budgets, WorkerOptions worker, RevocationOptions revocations, RevocationSet revoked,
    IServiceProvider services)
{
    public async Task ReadAsync(HttpContext context)
    {
        if (!await InternalAnswer.CheckAsync(context, new QueryReader(context.Request.Query)))
        {
            return;
        }

        await InternalAnswer.WriteAsync(context, StatusCodes.Status200OK, json =>
        {
            json.WriteStartArray("limits");
            foreach (LimitFigure limit in Read().OrderBy(static one => one.Key, StringComparer.Ordinal))
            {
                json.WriteStartObject();
                json.WriteString("key", limit.Key);
                json.WriteNumber("limit", limit.Limit);
                if (limit.Used is { } used)
                {
                    json.WriteNumber("used", used);
                }
                else
                {
                    json.WriteNull("used");
                }

                json.WriteEndObject();
            }

            json.WriteEndArray();
        });
    }

    private IEnumerable<LimitFigure> Read() =>
    [
        new($"{ConnectionOptions.Section}:connections", connections.ConnectionsMax, registry.Places),
        new($"{ConnectionOptions.Section}:message_bytes", connections.MessageBytesMax),
        new($"{ConnectionOptions.Section}:subscriptions", connections.SubscriptionsMax),
        new($"{BudgetOptions.Section}:tenant_connections_max", budgets.TenantConnectionsMax),
        new($"{BudgetOptions.Section}:subject_connections_max", budgets.SubjectConnectionsMax),
        new($"{BudgetOptions.Section}:events_per_second", budgets.EventsPerSecond),
        new($"{BudgetOptions.Section}:bytes_per_second", budgets.BytesPerSecond),
        new($"{BudgetOptions.Section}:messages_per_second", budgets.MessagesPerSecond),
        new($"{BudgetOptions.Section}:tickets_per_second", budgets.TicketsPerSecond),
        new($"{ConnectionPlaneOptions.Section}:backpressure_threshold_bytes", plane.BackpressureThresholdBytes),
        new($"{DeliveryOptions.Section}:ring_events", delivery.RingEventsMax),
        new($"{DeliveryOptions.Section}:control_messages", delivery.ControlMessagesMax),
        new($"{DeliveryOptions.Section}:terminal_window_bytes", delivery.TerminalWindowBytes),
        new($"{DeliveryOptions.Section}:bulk_bytes", delivery.BulkMaxBytes),
        new($"{WorkerOptions.Section}:unsent_bytes", worker.UnsentBytesMax),
        new($"{RevocationOptions.Section}:entries", revocations.EntriesMax, revoked.Count),
        .. OfIngest(),
        .. OfStream(),
    ];

    private IEnumerable<LimitFigure> OfIngest() => services.GetService<IngestOptions>() is not { } ingest ? [] :
    [
        new($"{IngestOptions.Section}:in_flight_bytes_max", ingest.InFlightBytesMax,
            services.GetRequiredService<ByteBudget>().Taken),
        new($"{IngestOptions.Section}:body_bytes_max", ingest.BodyBytesMax),
        new($"{IngestOptions.Section}:events_max", ingest.EventsMax),
        new($"{IngestOptions.Section}:payload_bytes_max", ingest.PayloadBytesMax),
        new($"{PublishSocketOptions.Section}:in_flight_max",
            services.GetRequiredService<PublishSocketOptions>().InFlightMax),
    ];

    private IEnumerable<LimitFigure> OfStream() => services.GetService<TailOptions>() is not { } tail ? [] :
    [
        new($"{TailOptions.Section}:streams", tail.StreamsMax, Math.Max(
            services.GetRequiredService<TailRegistry<StreamKey, StreamTail>>().Count,
            services.GetRequiredService<TailRegistry<TerminalKey, TerminalTail>>().Count)),
        new($"{TerminalTailOptions.Section}:recent_bytes_total",
            services.GetRequiredService<TerminalTailOptions>().RecentBytesTotalMax,
            services.GetRequiredService<TerminalMemory>().Bytes),
        new($"{HistoryOptions.Section}:reads_max", services.GetRequiredService<HistoryOptions>().ReadsMax),
        new($"{HistoryOptions.Section}:downloads_max", services.GetRequiredService<HistoryOptions>().DownloadsMax),
    ];
}
