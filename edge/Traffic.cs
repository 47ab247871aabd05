using Microsoft.AspNetCore.Http.Features;
using Realtime.Hosting.Health;

namespace Realtime.Edge;

/// <summary>Tells the kinds of traffic apart.</summary>
internal static class Traffic
{
    public const string WebSocketPath = "/ws";
    public const string EventStreamPath = "/sse";
    public const string ApiPath = "/v1";

    private const string ProducerPath = "/v1/publish";
    private const string EventsPath = "/v1/events";
    private const string TasksPath = "/v1/tasks";
    private const string LeasesPath = "/v1/leases";
    private const string WebSocket = "websocket";

    /// <summary>
    /// By what the request is, not by its path: <c>WS /v1/publish</c> is a connection too, and a plain GET of
    /// <c>/ws/agents</c> is none.
    /// </summary>
    public static TrafficKind KindOf(HttpContext context)
    {
        if (IsUpgrade(context) || IsExtendedConnect(context))
        {
            return TrafficKind.WebSocket;
        }

        return HttpMethods.IsGet(context.Request.Method) && context.Request.Path.StartsWithSegments(EventStreamPath)
            ? TrafficKind.EventStream
            : TrafficKind.Request;
    }

    /// <summary>
    /// Which workers it is for: those that take in what producers send, or those that serve viewers.
    /// </summary>
    public static WorkerRole RoleFor(HttpContext context)
    {
        PathString path = context.Request.Path;
        bool isProducers = path.StartsWithSegments(ProducerPath)
            || (HttpMethods.IsPost(context.Request.Method)
                && (path.StartsWithSegments(EventsPath) || path.StartsWithSegments(TasksPath)
                    || path.StartsWithSegments(LeasesPath)));
        return isProducers ? WorkerRole.Ingest : WorkerRole.Stream;
    }

    private static bool IsUpgrade(HttpContext context) =>
        context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true }
        && HttpMethods.IsGet(context.Request.Method)
        && context.Request.Headers.Upgrade.ToString().Equals(WebSocket, StringComparison.OrdinalIgnoreCase);

    private static bool IsExtendedConnect(HttpContext context) =>
        context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true, Protocol: { } protocol }
        && protocol.Equals(WebSocket, StringComparison.OrdinalIgnoreCase);
}
