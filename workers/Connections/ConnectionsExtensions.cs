using Microsoft.Extensions.DependencyInjection.Extensions;
using Realtime.Hosting.Configuration;

namespace Realtime.Workers.Connections;

/// <summary>The worker's side of the connection plane: WebSockets and Server-Sent Events.</summary>
internal static class ConnectionsExtensions
{
    public static IServiceCollection AddClientConnections(this IServiceCollection services)
    {
        services.AddRealtimeOptions<ConnectionPlaneOptions>();
        services.AddRealtimeOptions<ConnectionOptions>();
        services.TryAddSingleton<ConnectionMetrics>();
        services.TryAddSingleton<ConnectionRegistry>();
        services.TryAddSingleton<ConnectionFactory>();
        services.TryAddSingleton<WebSocketEndpoint>();
        services.TryAddSingleton<EventStreamEndpoint>();
        services.AddHostedService<HeartbeatService>();
        return services;
    }

    public static IEndpointRouteBuilder MapClientConnections(this IEndpointRouteBuilder endpoints)
    {
        WebSocketEndpoint webSockets = endpoints.ServiceProvider.GetRequiredService<WebSocketEndpoint>();
        EventStreamEndpoint eventStreams = endpoints.ServiceProvider.GetRequiredService<EventStreamEndpoint>();

        // A WebSocket over HTTP/2 is a CONNECT (RFC 8441).
        string[] upgrades = [HttpMethods.Get, HttpMethods.Connect];
        endpoints.MapMethods("/ws/agents", upgrades, webSockets.AgentsAsync);
        endpoints.MapMethods("/ws/terminal/{task}", upgrades, (HttpContext context, string task) =>
            webSockets.TerminalAsync(context, task));
        endpoints.MapGet("/sse/agents", eventStreams.ServeAsync);
        return endpoints;
    }
}
