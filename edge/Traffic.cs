using Microsoft.AspNetCore.Http.Features;

namespace Realtime.Edge;

/// <summary>Tells the kinds of traffic apart.</summary>
internal static class Traffic
{
    public const string WebSocketPath = "/ws";
    public const string EventStreamPath = "/sse";
    public const string ApiPath = "/v1";

    /// <summary>
    /// By what the request is, not by its path: <c>WS /v1/publish</c> is a connection too, and a plain GET of
    /// <c>/ws/agents</c> is none.
    /// </summary>
    public static TrafficKind KindOf(HttpContext context)
    {
        if (context.Features.Get<IHttpUpgradeFeature>()?.IsUpgradableRequest == true
            || context.Features.Get<IHttpExtendedConnectFeature>()?.IsExtendedConnect == true)
        {
            return TrafficKind.WebSocket;
        }

        return context.Request.Path.StartsWithSegments(EventStreamPath) ? TrafficKind.EventStream : TrafficKind.Request;
    }
}
