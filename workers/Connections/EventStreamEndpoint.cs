using Realtime.Hosting.Identity;
using Realtime.Hosting.Problems;
using Realtime.Log.Budgets;
using Realtime.Protocol;
using Realtime.Protocol.Messages;
using Realtime.Workers.Budgets;
using Realtime.Workers.Delivery;
using Realtime.Workers.Queries;
using Realtime.Workers.Stamp;

namespace Realtime.Workers.Connections;

/// <summary>
/// <c>/sse/agents</c>: the events of one subscription as Server-Sent Events, for whoever has no WebSocket. Resumes from
/// <c>Last-Event-ID</c>, which names every stream.
/// </summary>
internal sealed class EventStreamEndpoint(
    ConnectionFactory factory, ConnectionRegistry registry, TenantPlaces places, ConnectionOptions options,
    ConnectionMetrics metrics, TimeProvider clock)
{
    private const string Transport = "sse";

    public async Task ServeAsync(HttpContext context)
    {
        var query = new QueryReader(context.Request.Query);
        string? lastEventId = context.Request.Headers["Last-Event-ID"] is [{ Length: > 0 } id] ? id : null;
        ClientMessage.Subscribe wanted = QuerySubscription.ReadEvents(query, lastEventId, always: true)!;
        TimeSpan heartbeat = HeartbeatQuery.Read(query, options);
        if (query.Errors.Count > 0)
        {
            metrics.Refused("bad_request");
            await Problem.WriteAsync(
                context, StatusCodes.Status400BadRequest, ErrorCodes.BadRequest, "The request has errors.",
                query.Errors);
            return;
        }

        if (!registry.TryTakePlace())
        {
            await Refusals.WriteAsync(context, registry, metrics);
            return;
        }

        try
        {
            await ServeAsync(context, wanted, heartbeat);
        }
        finally
        {
            registry.GiveBackPlace();
        }
    }

    private async Task ServeAsync(HttpContext context, ClientMessage.Subscribe wanted, TimeSpan heartbeat)
    {
        Identity identity = context.GetIdentity();
        if (await places.EnterAsync(identity, context.RequestAborted) is not PlaceRefusal.None and var refusal)
        {
            await Refusals.WriteAsync(context, refusal, metrics);
            return;
        }

        long openedAt = clock.GetTimestamp();
        metrics.Opened(Transport);
        CloseCode? closeCode = null;
        try
        {
            closeCode = await StreamAsync(context, wanted, heartbeat);
        }
        finally
        {
            metrics.Closed(Transport, closeCode, clock.GetElapsedTime(openedAt));
            places.Leave(identity);
        }
    }

    private async Task<CloseCode?> StreamAsync(
        HttpContext context, ClientMessage.Subscribe wanted, TimeSpan heartbeat)
    {
        CancellationToken closed = context.RequestAborted;
        await using OpenConnection open = factory.Open(
            context.GetIdentity(), WireFormats.ServerSentEvents, heartbeat, context.Response.BodyWriter, closed);
        if (await open.Connection.SubscribeAsync(wanted) is { } refusal)
        {
            metrics.Refused(refusal.Code);
            int status = refusal.Code switch
            {
                ErrorCodes.LogUnavailable => StatusCodes.Status503ServiceUnavailable,
                ErrorCodes.RateLimited => StatusCodes.Status429TooManyRequests,
                _ => StatusCodes.Status403Forbidden,
            };
            await Problem.WriteAsync(
                context, status, refusal.Code, refusal.Detail,
                retryAfter: refusal.Retry ? TimeSpan.FromSeconds(1) : null);
            return null;
        }

        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";

        // nginx and its kin would otherwise hold events back.
        context.Response.Headers["X-Accel-Buffering"] = "no";
        Outbox outbox = open.Connection.Outbox;
        using CancellationTokenRegistration gone = closed.Register(outbox.Abort);
        var registered = new RegisteredConnection(
            open.Connection, ConnectionKind.Stream, clock.GetUtcNow(), context.Abort);
        registry.Add(registered);
        try
        {
            if (await open.Sender.RunAsync())
            {
                return outbox.PeekClose()?.Code;
            }

            // It takes nothing, or is gone: what waits must not keep the socket.
            context.Abort();
            return null;
        }
        finally
        {
            registry.Remove(registered);
        }
    }
}
