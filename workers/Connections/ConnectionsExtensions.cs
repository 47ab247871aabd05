using Microsoft.Extensions.DependencyInjection.Extensions;
using Realtime.Hosting.Configuration;
using Realtime.Hosting.Identity;
using Realtime.Hosting.Metrics;
using Realtime.Workers.Delivery;
using Realtime.Workers.Tail;

namespace Realtime.Workers.Connections;

/// <summary>The worker's side of the connection plane: WebSockets and Server-Sent Events.</summary>
internal static class ConnectionsExtensions
{
    /// <summary>What all connections have in common, those of viewers and those of producers.</summary>
    public static IServiceCollection AddConnectionRegistry(this IServiceCollection services)
    {
        services.AddRealtimeOptions<ConnectionPlaneOptions>();
        services.AddRealtimeOptions<ConnectionOptions>();
        services.AddRealtimeOptions<DeliveryOptions>();
        services.AddMetricsOf<DeliveryMetrics>();
        services.TryAddSingleton<LogWatch>();
        services.AddMetricsOf<ConnectionMetrics>().AddMetricsOf<ConnectionStateMetrics>();
        services.TryAddSingleton<ConnectionRegistry>();
        services.AddRealtimeIdentity();
        services.TryAddSingleton<TokenRenewals>();
        services.TryAddSingleton<WebSocketServer>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, HeartbeatService>());
        return services;
    }

    /// <summary>Those of viewers.</summary>
    public static IServiceCollection AddClientConnections(this IServiceCollection services)
    {
        services.AddConnectionRegistry();
        services.TryAddSingleton<ConnectionFactory>();
        services.TryAddSingleton<WebSocketEndpoint>();
        services.TryAddSingleton<EventStreamEndpoint>();
        return services;
    }

    public static IEndpointRouteBuilder MapClientConnections(this IEndpointRouteBuilder endpoints)
    {
        WebSocketEndpoint webSockets = endpoints.ServiceProvider.GetRequiredService<WebSocketEndpoint>();
        EventStreamEndpoint eventStreams = endpoints.ServiceProvider.GetRequiredService<EventStreamEndpoint>();

        endpoints.MapMethods("/ws/agents", WebSocketHandshake.Methods, webSockets.AgentsAsync);
        endpoints.MapMethods("/ws/terminal/{task}", WebSocketHandshake.Methods, (HttpContext context, string task) =>
            webSockets.TerminalAsync(context, task));
        endpoints.MapGet("/sse/agents", eventStreams.ServeAsync);
        return endpoints;
    }
}
